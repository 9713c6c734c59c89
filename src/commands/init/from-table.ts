import { usageError } from '../../platform/errors.ts';
import { scenarioFromTable } from '../../scenario/from-table.ts';
import { observe } from '../../sizing/listing/observe.ts';
import { readTableOrHere, STALE_AFTER } from '../plan/read-table.ts';
import { writeNew } from './init.ts';

export interface FromTableOptions {
  /** Listing of a conntrack table; `-` is stdin, HERE that of this machine. */
  readonly table: string;
  /** nf_conntrack_max of the lab. */
  readonly size: number;
  /** nf_conntrack_max of the node that was listed; if undefined, its table is taken to be full. */
  readonly limit: number | undefined;
  /** Timeouts of that node, seconds by short name. */
  readonly timeouts: Readonly<Record<string, number>>;
  readonly staleAfterSeconds: number | undefined;
}

/**
 * Writes a scenario with the load behind a listing.
 * @throws {CtloadError} exit 2 when the listing cannot be read, has no load or more entries than its limit, or the file exists; 112 when the
 *   table of this machine cannot be read.
 */
export async function initFromTable(file: string, options: FromTableOptions): Promise<void> {
  const { table, size, timeouts, staleAfterSeconds = STALE_AFTER } = options;
  const { source, census } = await readTableOrHere(table, '--from-table');
  const limit = options.limit ?? census.entries;
  if (census.entries > limit) {
    throw usageError(
      `--limit ${limit}: ${source} has ${census.entries} entries`,
      'give the nf_conntrack_max of the node that was listed, or leave it out',
    );
  }
  const how = { source, timeouts, staleAfterSeconds, top: 0, anonymise: true };
  const { load, streams, timeouts: shown } = observe(census, how);
  if (streams.length === 0) throw usageError(`--from-table ${table}: no load in it`, 'list a table with traffic');
  const seen = { source, entries: census.entries, load, streams, timeouts: { ...timeouts, ...shown }, size, limit };
  writeNew(file, () => scenarioFromTable(seen));
}
