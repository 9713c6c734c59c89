import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as hdr from 'hdr-histogram-js';
import type { Phase } from '../model/attempt.ts';
import type { LatencyInterval, LatencyLog, LatencyValues } from '../model/latency.ts';
import type { LatencySummary } from '../model/summary.ts';
import { LATENCY_FILE } from './files.ts';
import { type HlogInterval, parseHlogLine } from './hlog.ts';
import { recordedValues } from './recorded-values.ts';

/**
 * Reads a run's `latency.hlog`: per flood and phase the whole run and every interval, the agents' histograms added up.
 * Empty when nothing was timed or the file is not there.
 */
export function readLatency(folder: string): LatencyLog {
  const series = new Map<string, HlogInterval[]>();
  for (const interval of readLines(folder)) {
    const tag = `${interval.flood}:${interval.phase}`;
    const known = series.get(tag);
    if (known === undefined) series.set(tag, [interval]);
    else known.push(interval);
  }
  return [...series.values()].map((intervals) => readSeries(intervals));
}

/** All that was timed of one phase, interval by interval, the histograms of all floods added up. */
export function readValues(folder: string, phase: Phase): LatencyValues[] {
  return groupBySpan(readLines(folder).filter((line) => line.phase === phase)).map((parts) => {
    const { from, to } = parts[0] as HlogInterval;
    return { from, to, values: recordedValues(merged(parts)) };
  });
}

function readLines(folder: string): HlogInterval[] {
  const path = join(folder, LATENCY_FILE);
  if (!existsSync(path)) return [];
  // a last line without its newline was cut short
  const lines = readFileSync(path, 'utf8').split('\n').slice(0, -1);
  return lines.flatMap((line) => parseHlogLine(line) ?? []);
}

function readSeries(lines: readonly HlogInterval[]): LatencyLog[number] {
  const total = emptyHistogram();
  const intervals: LatencyInterval[] = [];
  for (const parts of groupBySpan(lines)) {
    const histogram = merged(parts); // one at a time: a run has thousands
    total.add(histogram);
    const { p50, p99, max, count } = summarizeHistogram(histogram);
    const { from, to } = parts[0] as HlogInterval;
    intervals.push({ from, to, count, p50, p99, max });
  }
  const { flood, phase } = lines[0] as HlogInterval;
  return { flood, phase, total: summarizeHistogram(total), values: recordedValues(total), intervals };
}

function groupBySpan(lines: readonly HlogInterval[]): HlogInterval[][] {
  const groups = new Map<string, HlogInterval[]>();
  for (const line of lines) {
    const key = `${line.from}-${line.to}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [line]);
    else group.push(line);
  }
  return [...groups.values()].sort(([a], [b]) => (a as HlogInterval).from - (b as HlogInterval).from);
}

function merged(parts: readonly HlogInterval[]): hdr.JsHistogram {
  const histogram = emptyHistogram();
  for (const part of parts) histogram.add(hdr.decodeFromCompressedBase64(part.data) as hdr.JsHistogram);
  return histogram;
}

function emptyHistogram(): hdr.JsHistogram {
  return hdr.build({ bitBucketSize: 'packed', autoResize: true, numberOfSignificantValueDigits: 3 }) as hdr.JsHistogram;
}

function summarizeHistogram(histogram: hdr.Histogram): LatencySummary {
  const ms = (microseconds: number) => microseconds / 1000;
  const at = (percentile: number) => ms(histogram.getValueAtPercentile(percentile));
  return {
    min: histogram.totalCount === 0 ? 0 : at(0),
    p50: at(50),
    p90: at(90),
    p95: at(95),
    p99: at(99),
    'p99.9': at(99.9),
    max: ms(histogram.maxValue),
    count: histogram.totalCount,
  };
}
