import { setTimeout as wait } from 'node:timers/promises';
import { rounded } from '../../analysis/statistics/round.ts';
import { OWN_NAMESPACE, othersHidden } from '../../lab/host/visible-namespaces.ts';
import { WATCH_SCHEMA, type WatchSample } from '../../model/result/watch.ts';
import { monotonic } from '../../platform/clock.ts';
import { CtloadError } from '../../platform/errors.ts';
import { ExitCode } from '../../platform/exit-codes.ts';
import { isTableFull, KernelLog } from '../../probe/kernel-log.ts';
import { ProcFile } from '../../probe/proc-file.ts';
import { Allowances } from './allowances.ts';
import { Collector } from './collector.ts';
import { Tables, type TablesOptions } from './tables.ts';

const SETTINGS = '/proc/sys/net/netfilter';

export interface WatchOptions extends TablesOptions {
  /** Seconds between two samples. */
  readonly interval: number;
  /** Seconds after which it ends; undefined: when `signal` is aborted. */
  readonly duration: number | undefined;
  readonly signal: AbortSignal;
  onSample(sample: WatchSample): void;
}

/**
 * Reads the conntrack tables of this machine every `interval` seconds, until `duration` is over or `signal` is aborted.
 * @throws {CtloadError} exit 112 where the kernel has no conntrack, or does not show its tables.
 */
export async function watchTables({
  interval,
  duration = Number.POSITIVE_INFINITY,
  signal,
  ...options
}: WatchOptions): Promise<void> {
  const limits = openLimits();
  const log = new KernelLog();
  const tables = new Tables(options);
  const allowances = new Allowances();
  const collector = new Collector();
  const started = monotonic();
  const cpuBefore = process.cpuUsage();
  const t = () => monotonic() - started;
  const hidden = othersHidden();
  let logLines = 0;
  let samples = 0;
  try {
    while (!signal.aborted) {
      const limit = limits.max();
      const read = tables.read(t, limit);
      if (read.tables[0]?.name !== OWN_NAMESPACE) throw unreadable();
      logLines += log.drain().filter(isTableFull).length;
      const now = t();
      const cpu = process.cpuUsage(cpuBefore);
      const sample: WatchSample = {
        schema: WATCH_SCHEMA,
        at: new Date().toISOString(),
        t: now,
        limit,
        buckets: limits.buckets(),
        ...read,
        othersHidden: hidden,
        allowances: allowances.read(now),
        tableFullLogLines: log.readable ? logLines : null,
        self: { cpuShare: (cpu.user + cpu.system) / 1e6 / Math.max(now, interval), rssBytes: process.memoryUsage.rss() },
      };
      options.onSample(rounded(sample));
      collector.at(now);
      samples = Math.max(samples, Math.floor(now / interval)) + 1; // a timer may be early; what is late is left out
      if (samples * interval > duration) break;
      await wait((samples * interval - t()) * 1000, undefined, { signal }).catch(() => {});
    }
  } finally {
    await Promise.all([tables.finish(), allowances.finish()]);
    log.close();
    limits.close();
  }
}

/** @throws {CtloadError} exit 112 when the kernel has no conntrack. */
function openLimits() {
  try {
    const max = new ProcFile(`${SETTINGS}/nf_conntrack_max`);
    const buckets = new ProcFile(`${SETTINGS}/nf_conntrack_buckets`);
    return {
      max: () => Number(max.text()),
      buckets: () => Number(buckets.text()),
      close: () => {
        max.close();
        buckets.close();
      },
    };
  } catch (cause) {
    throw new CtloadError(`nf_conntrack is not available: ${SETTINGS}/nf_conntrack_max cannot be read`, {
      hint: 'it is loaded with the first rule that tracks connections, or as root with: modprobe nf_conntrack',
      exitCode: ExitCode.hostUnfit,
      cause,
    });
  }
}

function unreadable(): CtloadError {
  return new CtloadError('the conntrack table of this namespace cannot be read: /proc/self/net/stat/nf_conntrack', {
    hint: 'this kernel was built without CONFIG_NF_CONNTRACK_PROCFS, or something is mounted over the file: as root, and with conntrack-tools installed, it is read by conntrack -S',
    exitCode: ExitCode.hostUnfit,
  });
}
