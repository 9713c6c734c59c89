import type { Limits } from '../host/limits.ts';
import type { Restored } from './journal.ts';

/** To the guardian, one JSON a line on stdin. End of input means `restore`. */
export type GuardianCommand =
  | { readonly type: 'change'; readonly runId: string; readonly owner: number; readonly limits: Limits }
  | { readonly type: 'restore' };

/** From the guardian, one JSON a line on stdout. */
export type GuardianReply =
  | { readonly type: 'ready'; readonly repaired: Restored | null }
  | { readonly type: 'changed'; readonly limits: Limits }
  | { readonly type: 'restored'; readonly restored: Restored | null }
  | { readonly type: 'failed'; readonly message: string };
