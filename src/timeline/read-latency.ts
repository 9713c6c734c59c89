import type { LatencyInterval, LatencyLog, LatencyValues } from '../model/result/latency.ts';
import type { Phase } from '../model/timeline/attempt.ts';
import { messageOf } from '../platform/errors.ts';
import { Counts } from './counts.ts';
import { LatencyFile, type LatencyLine, unreadable } from './latency-file.ts';

/**
 * Reads a run's `latency.hlog`: per flood and phase the whole run and every interval, the agents' histograms added up.
 * Empty when nothing was timed or the file is not there.
 * @throws {CtloadError} exit 2 for a histogram that is none.
 */
export function readLatency(folder: string): LatencyLog {
  using file = new LatencyFile(folder);
  const series = new Map<string, LatencyLine[]>();
  for (const line of file.lines) {
    const tag = `${line.flood}:${line.phase}`;
    const known = series.get(tag);
    if (known === undefined) series.set(tag, [line]);
    else known.push(line);
  }
  return [...series.values()].map((lines) => readSeries(file, lines));
}

/** All that was timed of one phase, interval by interval, the histograms of all floods added up. Read as it is asked for. */
export function* readValues(folder: string, phase: Phase): Generator<LatencyValues> {
  using file = new LatencyFile(folder);
  for (const { from, to, counts } of intervals(
    file,
    file.lines.filter((line) => line.phase === phase),
  )) {
    yield { from, to, ...counts.columns() };
  }
}

function readSeries(file: LatencyFile, lines: readonly LatencyLine[]): LatencyLog[number] {
  const total = new Counts();
  const spans: LatencyInterval[] = [];
  for (const { from, to, counts } of intervals(file, lines)) {
    total.add(counts);
    const { count, p50, p99, max } = counts.summary();
    spans.push({ from, to, count, p50, p99, max });
  }
  const { flood, phase } = lines[0] as LatencyLine;
  return { flood, phase, total: total.summary(), values: total.values(), intervals: spans };
}

/** Adds up the lines of the same span, in order of time. `counts` are good until the next is asked for. */
function* intervals(
  file: LatencyFile,
  lines: readonly LatencyLine[],
): Generator<{ readonly from: number; readonly to: number; readonly counts: Counts }> {
  const counts = new Counts();
  for (const parts of groupBySpan(lines)) {
    counts.clear();
    for (const part of parts) addPart(file, part, counts);
    const { from, to } = parts[0] as LatencyLine;
    yield { from, to, counts };
  }
}

function addPart(file: LatencyFile, part: LatencyLine, counts: Counts): void {
  try {
    counts.addEncoded(file.dataOf(part));
  } catch (cause) {
    throw unreadable(`cannot read ${file.path}: ${messageOf(cause)} (${part.flood}:${part.phase} from ${part.from} s on)`, cause);
  }
}

function groupBySpan(lines: readonly LatencyLine[]): LatencyLine[][] {
  const groups = new Map<string, LatencyLine[]>();
  for (const line of lines) {
    const key = `${line.from}-${line.to}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [line]);
    else group.push(line);
  }
  return [...groups.values()].sort(([a], [b]) => (a as LatencyLine).from - (b as LatencyLine).from);
}
