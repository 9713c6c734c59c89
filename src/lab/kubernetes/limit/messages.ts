import type { Failed, Message, Ready } from '../../../platform/remote/protocol.ts';

/** Where the pod keeps what it has to restore, in a volume that outlives its container. */
export const FOLDER = '/run/ctload';

/** What has been done to a node's nf_conntrack_max, by which anybody can undo it. */
export interface Lowered {
  readonly before: number;
  readonly during: number;
}

/** To the process that holds a limit. */
export type LimitCommand = ({ readonly type: 'lower' } & Lowered) | { readonly type: 'restore' };

/** Says what the limit is, and why it cannot be written, if so. */
export interface LimitReady extends Ready {
  readonly max: number;
  readonly refused?: string;
}

export type LimitReply =
  | { readonly type: 'lowered' }
  /** What the limit is now. */
  | { readonly type: 'restored'; readonly max: number }
  /** Somebody else has changed it. */
  | ({ readonly type: 'changed'; readonly max: number } & Message)
  | Failed;
