import type { EntryFilter } from '../input/actions.ts';

/** What an action of the scenario did; one of `max`, `timeouts`, `delete`, `flush` and `endpoint`. */
export interface ActionFacts {
  /** nf_conntrack_max that was set. */
  readonly max?: number;
  /** Timeouts that were set, in seconds by short name (`tcp_time_wait`). */
  readonly timeouts?: Readonly<Record<string, number>>;
  /** Which entries were deleted. */
  readonly delete?: EntryFilter;
  /** All entries were deleted. */
  readonly flush?: true;
  /** The endpoints' addresses stopped answering, and others took new flows. */
  readonly endpoint?: 'gone';
  /** When it was done, in seconds since the start of the load. */
  readonly doneSeconds: number;
  /** Number of entries that it deleted. Absent if it deletes none. */
  readonly deletedEntries?: number;
}

/** Whether an action deletes entries. */
export function deletes(action: Pick<ActionFacts, 'delete' | 'flush'>): boolean {
  return action.delete !== undefined || action.flush !== undefined;
}
