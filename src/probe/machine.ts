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
  readonly #gatewayPids: () => readonly number[];
  readonly #seconds = new Map<number, number>();
  #ticks: MachineTicks;

  /**
   * @param pids ctload's own processes as they are now; this process is always one of them
   * @param gatewayPids the processes that do the gateway's work, likewise
   */
  constructor(pids: () => readonly number[], gatewayPids: () => readonly number[] = () => []) {
    this.#pids = () => [process.pid, ...pids()];
    this.#gatewayPids = gatewayPids;
    this.#ticks = parseMachineTicks(this.#stat.text());
    this.#secondsOf(this.#pids());
  }

  /** Shares since the previous call (or the construction); undefined when too little time has passed since. */
  sample(t: number): HostRecord | undefined {
    const now = parseMachineTicks(this.#stat.text());
    const before = this.#ticks;
    const total = now.total - before.total;
    if (total < LEAST_TICKS) return undefined;
    this.#ticks = now;
    const gatewayPids = this.#gatewayPids();
    const shareOf = (pids: readonly number[]) => this.#secondsOf(pids) / ticksToSeconds(total);
    const memory = parseMemory(this.#meminfo.text());
    return {
      type: 'host',
      t,
      cpuShare: (now.busy - before.busy) / total,
      softirqShare: (now.softirq - before.softirq) / total,
      ctloadShare: shareOf(this.#pids()),
      ...(gatewayPids.length === 0 ? {} : { gatewayShare: shareOf(gatewayPids) }),
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

  /** CPU seconds that `pids` used since the previous call for them. What a process used before its first call does not count. */
  #secondsOf(pids: readonly number[]): number {
    let sum = 0;
    for (const pid of pids) {
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
