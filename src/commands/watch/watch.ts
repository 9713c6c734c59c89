import type { WatchSample } from '../../model/result/watch.ts';
import { formatDuration } from '../../model/units.ts';
import { usageError } from '../../platform/errors.ts';
import { ExitCode } from '../../platform/exit-codes.ts';
import { stderrLog } from '../../platform/log.ts';
import { escapeControls } from '../../platform/printable.ts';
import { watchMetrics } from '../../report/watch/watch-metrics.ts';
import { watchView } from '../../report/watch/watch-view.ts';
import { Interrupts } from '../../session/measure/interrupts.ts';
import { type ListenAddress, serveMetrics } from '../../session/watch/metrics-server.ts';
import { watchTables } from '../../session/watch/watch.ts';

const FEWEST_SAMPLES = 5;
const MOST_SAMPLES = 3600;

export interface WatchCommandOptions {
  /** Seconds. */
  readonly interval: number;
  readonly duration: number | undefined;
  /** Seconds that slopes are of. */
  readonly window: number;
  readonly states: boolean;
  readonly listen: ListenAddress | undefined;
  readonly json: boolean;
  readonly quiet: boolean;
  readonly color: boolean;
  readonly term: string | undefined;
}

/**
 * `ctload watch`: shows the conntrack tables of this machine until `duration` is over, Ctrl-C, or the reader of stdout is gone;
 * returns 0.
 * @throws {CtloadError} exit 2 for a window of too few samples, nothing to show or when it cannot listen, 112 where there is no table to read.
 */
export async function watch(options: WatchCommandOptions): Promise<ExitCode> {
  const { json, quiet, listen } = options;
  refuseWindow(options);
  if (quiet && (json || listen === undefined)) {
    throw usageError(
      '--quiet leaves nothing but --listen',
      json ? 'leave out --quiet or --json' : 'give --listen, or leave out --quiet',
    );
  }
  using interrupts = new Interrupts();
  const signal = listen === undefined ? AbortSignal.any([interrupts.graceful, readerGone()]) : interrupts.graceful;
  const view = json ? writeLine : quiet ? () => {} : watchView(process.stdout, options);
  let latest: WatchSample | undefined;
  await using server =
    listen && (await serveMetrics(listen, (openMetrics) => latest && watchMetrics(latest, openMetrics ? 'openmetrics' : 'text')));
  if (server !== undefined) stderrLog(quiet).info(`metrics: ${server.url}`);
  const onSample = (sample: WatchSample) => {
    latest = sample;
    view(sample);
  };
  await watchTables({ ...options, signal, onSample });
  return ExitCode.ok;
}

/** @throws {CtloadError} exit 2 for a window of which no slope can be computed, or only slowly. */
function refuseWindow({ interval, window }: WatchCommandOptions): void {
  const samples = window / interval;
  if (samples >= FEWEST_SAMPLES && samples <= MOST_SAMPLES) return;
  throw usageError(
    `--window ${formatDuration(window)} has ${Math.floor(samples)} samples of --interval ${formatDuration(interval)}`,
    `choose a window of ${FEWEST_SAMPLES} to ${MOST_SAMPLES} samples`,
  );
}

function writeLine(sample: WatchSample): void {
  process.stdout.write(`${escapeControls(JSON.stringify(sample))}\n`);
}

/** Aborted when nobody reads stdout any more. */
function readerGone(): AbortSignal {
  const gone = new AbortController();
  process.stdout.once('error', () => gone.abort());
  return gone.signal;
}
