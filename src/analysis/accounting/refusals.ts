import type { RunLog } from '../log/run-log.ts';

/** Entries that the gateway's kernel did not insert because a hash chain was too long. */
export interface Refusals {
  /** Packets that were dropped for it (chaintoolong, part of insert_failed); not part of `drop`. */
  readonly refused: number;
  /** When an insertion first failed, seconds; Infinity if none did. */
  readonly fromSeconds: number;
  /** Entries in the table then. */
  readonly entries: number;
}

export function countRefusals({ tables: { gateway } }: Pick<RunLog, 'tables'>): Refusals {
  const { samples, chainTooLong: refused } = gateway;
  const first = samples.find(({ insertFailed }) => insertFailed > 0);
  return { refused, fromSeconds: first?.t ?? Number.POSITIVE_INFINITY, entries: first?.entries ?? 0 };
}
