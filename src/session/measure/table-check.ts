import { BUCKETS_SYSCTL, MAX_SYSCTL } from '../../lab/host/limits.ts';
import { statFile } from '../../lab/host/names.ts';
import { readSysctls } from '../../lab/host/sysctls.ts';
import { entriesIn } from '../../lab/host/table.ts';
import type { AnyLab } from '../../lab/lab.ts';
import type { TableCheckRecord } from '../../model/timeline/sample.ts';
import { execute, type Host } from '../../platform/exec.ts';

/** Entries of the load from which listing them costs too much (10 µs of CPU each): the synthetic ones are not counted then. */
const MOST_LISTED = 50_000;
/** How many entries are not synthetic, by their mark, and how many there are: what the listing frees is gone by then. */
const COUNT = 'conntrack -L --mark 0 2>/dev/null | wc -l; cat "$1"';

/**
 * Reads back what the load relied on: the conntrack settings of the gateway as they are recorded, and how many of the synthetic
 * entries are left. Undefined where the gateway is not monitored or cannot be read any more.
 */
export async function checkTable(lab: AnyLab): Promise<Omit<TableCheckRecord, 't'> | undefined> {
  const { gateway, capacity } = lab;
  const settings = settingsOf(lab);
  const put = capacity.ballast + capacity.prefilled;
  if (gateway === undefined || settings.length + put === 0) return undefined;
  try {
    const [sysctls, syntheticEntries] = await Promise.all([
      readSysctls(gateway, settings),
      put === 0 ? undefined : countSynthetic(gateway, put),
    ]);
    return { type: 'table-check', sysctls, ...(syntheticEntries === undefined ? {} : { syntheticEntries }) };
  } catch {
    return undefined;
  }
}

/** The recorded settings of the gateway's conntrack; limits that are the host's are watched for as long as the lab exists. */
function settingsOf({ sysctls, capacity }: AnyLab): string[] {
  const limits = capacity.method === 'own-kernel' ? [] : [MAX_SYSCTL, BUCKETS_SYSCTL];
  return Object.keys(sysctls).filter((name) => name.startsWith('net.netfilter.nf_conntrack_') && !limits.includes(name));
}

async function countSynthetic(gateway: Host, put: number): Promise<number | undefined> {
  const all = entriesIn(await execute(['cat', statFile()], { host: gateway }));
  if (all - put > MOST_LISTED) return undefined;
  const [others = '', ...stat] = (await execute(['sh', '-c', COUNT, 'sh', statFile()], { host: gateway })).split('\n');
  return entriesIn(stat.join('\n')) - Number(others);
}
