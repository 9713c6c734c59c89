import { existsSync } from 'node:fs';
import type { ConntrackRecord, HostRecord, KernelLogRecord } from '../model/timeline/sample.ts';
import { type Clock, monotonic } from '../platform/clock.ts';
import { CtloadError, messageOf } from '../platform/errors.ts';
import { ExitCode } from '../platform/exit-codes.ts';
import { KernelLog, saysTableFull } from './kernel-log.ts';
import { MachineReader } from './machine.ts';
import { COUNT } from './netlink-table.ts';
import { openOwnTable, StatFileTable } from './table.ts';
import type { TableReader } from './table-reader.ts';

const INTERVAL_SECONDS = 0.25;

export interface HostProbe {
  /** Starts to record, relative to `epoch` (absolute CLOCK_MONOTONIC seconds). */
  start(epoch: number): void;
  /** Takes a last reading of everything, if it was started, and closes the files. Safe to call twice. */
  stop(): void;
}

export interface HostProbeOptions {
  /**
   * /proc/net/stat/nf_conntrack of the machine's own namespace, or whichever ctload was started in; undefined when it is read
   * elsewhere. Of another process's namespace (/proc/PID/net/…) the table is left out where the kernel has no such file.
   */
  readonly tablePath: string | undefined;
  /** ctload's other processes. */
  pids(): readonly number[];
  /** Processes that do the gateway's work; none when absent. */
  gatewayPids?(): readonly number[];
  /** Inodes of the gateways' network namespaces; none when they are not on this machine, whose log then says nothing of them. */
  readonly gatewayNetns: readonly number[];
  onRecord(record: HostRecord | ConntrackRecord | KernelLogRecord): void;
  readonly clock?: Clock;
  /** Seconds between two readings; 0.25 when absent. */
  readonly intervalSeconds?: number;
}

/**
 * Monitors the machine itself from the main process, every 250 ms: CPU, memory, its own conntrack table, the kernel's log.
 * @throws {CtloadError} exit 112 when `tablePath` cannot be read.
 */
export function startHostProbe(options: HostProbeOptions): HostProbe {
  const clock = options.clock ?? monotonic;
  const table = options.tablePath === undefined ? undefined : openTable(options.tablePath);
  const machine = new MachineReader(
    () => options.pids(),
    () => options.gatewayPids?.() ?? [],
  );
  const { gatewayNetns: netns } = options;
  const log = new KernelLog();
  let timer: NodeJS.Timeout | undefined;
  let stopped = false;
  let epoch = 0;

  const sample = () => {
    const t = Math.round((clock() - epoch) * 1e6) / 1e6;
    if (table !== undefined) options.onRecord(table.sample(t));
    const record = machine.sample(t);
    if (record !== undefined) options.onRecord(record);
    for (const text of log.drain()) {
      if (netns.some((inode) => saysTableFull(text, inode))) options.onRecord({ type: 'kernel-log', t, text });
    }
  };

  return {
    start: (from) => {
      epoch = from;
      sample();
      timer = setInterval(sample, (options.intervalSeconds ?? INTERVAL_SECONDS) * 1000).unref();
    },
    stop: () => {
      if (stopped) return;
      stopped = true;
      clearInterval(timer);
      if (timer !== undefined) sample();
      table?.close();
      machine.close();
      log.close();
    },
  };
}

function openTable(path: string): TableReader | undefined {
  const foreign = /^\/proc\/\d+\//.test(path);
  try {
    return foreign ? new StatFileTable(path, 'host') : openOwnTable('host', path);
  } catch (cause) {
    if (foreign && existsSync(COUNT)) return undefined;
    throw new CtloadError(`cannot read the conntrack statistics of this machine: ${messageOf(cause)}`, {
      hint: 'load the kernel module: modprobe nf_conntrack',
      exitCode: ExitCode.hostUnfit,
      cause,
    });
  }
}
