import type { Failed, Ready } from '../../platform/remote/protocol.ts';
import type { Limits } from '../host/limits.ts';
import type { ProcessIdentity } from '../host/processes.ts';
import type { Restored } from './journal.ts';

/** End of input means `restore`, too, and so does the end of `owner`, where it can be seen. */
export type GuardianCommand =
  | {
      readonly type: 'change';
      readonly runId: string;
      readonly owner: ProcessIdentity;
      readonly limits: Limits;
    }
  | { readonly type: 'restore' };

/** It has the lock, and has repaired what a killed guardian left. */
export interface GuardianReady extends Ready {
  readonly pid: number;
  readonly repaired: Restored | null;
}

/** Exactly one for each command. */
export type GuardianReply =
  | { readonly type: 'changed'; readonly limits: Limits }
  | { readonly type: 'restored'; readonly restored: Restored | null }
  | Failed;
