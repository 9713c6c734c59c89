import type { Failed } from '../../platform/remote/protocol.ts';
import type { EntryTraits } from './synthetic-entries.ts';

/** Asks for the entries `first` to `first + count - 1`. */
export interface EntriesCommand {
  readonly type: 'load';
  readonly traits: EntryTraits;
  readonly first: number;
  readonly count: number;
}

export type EntriesReply = { readonly type: 'loaded' } | Failed;
