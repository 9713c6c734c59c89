import { BUCKETS_SYSCTL, MAX_SYSCTL } from '../../lab/host/limits.ts';
import { statFile } from '../../lab/host/names.ts';
import { readSysctls } from '../../lab/host/sysctls.ts';
import { entriesIn } from '../../lab/host/table.ts';
import type { AnyLab, LabGateway } from '../../lab/lab.ts';
import type { TableCheckRecord } from '../../model/timeline/sample.ts';
import { execute, type Host } from '../../platform/exec.ts';

/** Entries of the load from which listing them costs too much (10 µs of CPU each): the synthetic ones are not counted then. */
const MOST_LISTED = 50_000;
/** How many entries are not synthetic, by their mark, and how many there are: what the listing frees is gone by then. */
const COUNT = 'conntrack -L --mark 0 2>/dev/null | wc -l; cat "$1"';

/**
 * Reads back what the load relied on: the conntrack settings of each gateway as they are recorded, and how many of the synthetic
 * entries are left. Without those that are not monitored or cannot be read any more.
 */
export async function checkTables({ gateway, gateways, capacity, sysctls }: AnyLab): Promise<Omit<TableCheckRecord, 't'>[]> {
  const several = gateways?.map(({ name, host, ...table }) => ({ gateway: name, host, ...table }));
  const tables = several ?? (gateway === undefined ? [] : [{ host: gateway, capacity, sysctls }]);
  return (await Promise.all(tables.map(checkTable))).filter((check) => check !== undefined);
}

interface CheckedTable extends Pick<LabGateway, 'host' | 'capacity' | 'sysctls'> {
  readonly gateway?: string;
}

async function checkTable(table: CheckedTable): Promise<Omit<TableCheckRecord, 't'> | undefined> {
  const { gateway, host, capacity } = table;
  const settings = settingsOf(table);
  const put = capacity.ballast + capacity.prefilled;
  if (settings.length + put === 0) return undefined;
  try {
    const [sysctls, syntheticEntries] = await Promise.all([
      readSysctls(host, settings),
      put === 0 ? undefined : countSynthetic(host, put),
    ]);
    return {
      type: 'table-check',
      ...(gateway === undefined ? {} : { gateway }),
      sysctls,
      ...(syntheticEntries === undefined ? {} : { syntheticEntries }),
    };
  } catch {
    return undefined;
  }
}

/** The recorded settings of the gateway's conntrack; limits that are the host's are watched for as long as the lab exists. */
function settingsOf({ sysctls, capacity }: CheckedTable): string[] {
  const limits = capacity.method === 'own-kernel' ? [] : [MAX_SYSCTL, BUCKETS_SYSCTL];
  return Object.keys(sysctls).filter((name) => name.startsWith('net.netfilter.nf_conntrack_') && !limits.includes(name));
}

async function countSynthetic(gateway: Host, put: number): Promise<number | undefined> {
  const all = entriesIn(await execute(['cat', statFile()], { host: gateway }));
  if (all - put > MOST_LISTED) return undefined;
  const [others = '', ...stat] = (await execute(['sh', '-c', COUNT, 'sh', statFile()], { host: gateway })).split('\n');
  return entriesIn(stat.join('\n')) - Number(others);
}
