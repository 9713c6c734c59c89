import { readFileSync } from 'node:fs';
import { monotonic } from '../../platform/clock.ts';
import { execute } from '../../platform/exec.ts';
import { COUNT, parseStatistics, readCounters } from '../../probe/netlink-table.ts';
import type { TableReading } from '../../probe/stat.ts';

const OWN_STATISTICS = '/proc/self/net/stat/nf_conntrack';
/** Seconds between two calls of `conntrack -S` for the own table: 2 to 5 ms each. */
const PACE = 1;
const ENTER_SECONDS = 2;
const READ = `cat ${COUNT} && conntrack -S`;

/** Whether the kernel leaves out the statistics file (CONFIG_NF_CONNTRACK_PROCFS is off), or something is mounted over it. */
export function lacksStatistics(): boolean {
  try {
    readFileSync(OWN_STATISTICS);
    return false;
  } catch {
    return true;
  }
}

/** The reader's own table by ctnetlink: its count from the sysctl each time, its counters once a second. */
export class OwnNetlinkTable {
  #counters: ReturnType<typeof readCounters>;
  #next = Number.NEGATIVE_INFINITY;

  /** Undefined where there is no conntrack-tools, or the counters are not permitted. */
  read(): TableReading | undefined {
    if (monotonic() >= this.#next) {
      this.#counters = readCounters();
      this.#next = monotonic() + PACE;
    }
    return this.#counters && { entries: Number(readFileSync(COUNT, 'latin1')), ...this.#counters };
  }
}

/** The table of the network namespace at `path`, by a command in it; undefined where that is not permitted, or it is gone. */
export async function readByNetlink(path: string): Promise<TableReading | undefined> {
  try {
    const text = await execute(['nsenter', `--net=${path}`, '--', 'sh', '-c', READ], { seconds: ENTER_SECONDS });
    const [count = '', ...statistics] = text.split('\n');
    const counters = parseStatistics(statistics.join('\n'));
    return counters && { entries: Number(count), ...counters };
  } catch {
    return undefined;
  }
}
