import { readFileSync } from 'node:fs';
import type { HostRecord } from '../model/timeline/sample.ts';
import { type MachineTicks, parseMachineTicks, parseMemory, parseProcessSeconds, ticksToSeconds } from './cpu.ts';
import { ProcFile } from './proc-file.ts';
import { parseBacklogDropped } from './softnet.ts';

/** With fewer clock ticks than this, of all CPUs together, shares are meaningless. */
const LEAST_TICKS = 10;

/** CPU, memory and backlog queues of the machine, each reading relative to the previous one. */
export class MachineReader {
  readonly #stat = new ProcFile('/proc/stat');
  readonly #meminfo = new ProcFile('/proc/meminfo');
  readonly #softnet = new ProcFile('/proc/net/softnet_stat');
  readonly #pids: () => readonly number[];
  readonly #seconds = new Map<number, number>();
  #ticks: MachineTicks;

  /** @param pids ctload's own processes as they are now; this process is always one of them */
  constructor(pids: () => readonly number[]) {
    this.#pids = pids;
    this.#ticks = parseMachineTicks(this.#stat.text());
    this.#ownSeconds();
  }

  /** Shares since the previous call (or the construction); undefined when too little time has passed since. */
  sample(t: number): HostRecord | undefined {
    const now = parseMachineTicks(this.#stat.text());
    const before = this.#ticks;
    const total = now.total - before.total;
    if (total < LEAST_TICKS) return undefined;
    this.#ticks = now;
    const memory = parseMemory(this.#meminfo.text());
    return {
      type: 'host',
      t,
      cpuShare: (now.busy - before.busy) / total,
      softirqShare: (now.softirq - before.softirq) / total,
      ctloadShare: this.#ownSeconds() / ticksToSeconds(total),
      memoryShare: 1 - memory.availableBytes / memory.totalBytes,
      memoryAvailableBytes: memory.availableBytes,
      backlogDropped: parseBacklogDropped(this.#softnet.text()),
    };
  }

  close(): void {
    this.#stat.close();
    this.#meminfo.close();
    this.#softnet.close();
  }

  /** CPU seconds ctload's processes used since the previous call. What a process used before its first call does not count. */
  #ownSeconds(): number {
    let sum = 0;
    for (const pid of [process.pid, ...this.#pids()]) {
      const seconds = processSeconds(pid);
      if (seconds === undefined) continue;
      sum += seconds - (this.#seconds.get(pid) ?? seconds);
      this.#seconds.set(pid, seconds);
    }
    return sum;
  }
}

/** Undefined once the process is gone. */
function processSeconds(pid: number): number | undefined {
  try {
    return parseProcessSeconds(readFileSync(`/proc/${pid}/stat`, 'latin1'));
  } catch {
    return undefined;
  }
}
