import { closeSync, cpSync, mkdirSync, openSync, readFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import * as hdr from 'hdr-histogram-js';
import { seeded } from '../../../src/model/random.ts';
import type { LatencySlice } from '../../../src/model/result/latency.ts';
import type { ConntrackRecord, NetstatRecord, TimelineRecord } from '../../../src/model/timeline/sample.ts';
import { LATENCY_FILE, TIMELINE_FILE } from '../../../src/timeline/files.ts';
import { hlogLine, parseHlogLine } from '../../../src/timeline/hlog.ts';
import { readTimeline } from '../../../src/timeline/read-timeline.ts';

const SCENARIO_FILE = 'scenario.resolved.yaml';
const FACTORS = [0.8, 0.9, 1, 1.15, 1.25]; // by which latencies differ between repetitions

/**
 * Writes into folder `to` the record of a run of `seconds` that goes on like the first `unit` seconds of the one in `from`:
 * its records over and over, later each time, counters going on from where they were, latencies up to a quarter off.
 */
export function stretch(from: string, to: string, unit: number, seconds: number): void {
  mkdirSync(to, { recursive: true });
  cpSync(join(from, SCENARIO_FILE), join(to, SCENARIO_FILE));
  const rounds = Math.ceil(seconds / unit);
  stretchTimeline([...readTimeline(from)], join(to, TIMELINE_FILE), unit, rounds);
  stretchLatency(readFileSync(join(from, LATENCY_FILE), 'utf8'), join(to, LATENCY_FILE), unit, rounds);
}

function stretchTimeline(records: readonly TimelineRecord[], path: string, unit: number, rounds: number): void {
  const last = Math.max(...records.filter(({ type }) => type === 'load').map(({ t }) => t));
  const isRepeated = ({ type, t }: TimelineRecord) => t >= 0 && t < unit && type !== 'event';
  const before = records.filter(({ t, type }) => t < 0 || type === 'event');
  const repeated = records.filter(isRepeated);
  // What the backend counted is that of the one run: without it nothing is said of it.
  const after = records.filter((record) => record.t > last && !isRepeated(record) && !['event', 'backend'].includes(record.type));
  const rises = counterRises(repeated);
  const file = new Lines(path);
  for (const record of before) file.add(JSON.stringify(record));
  for (let round = 0; round < rounds; round++) {
    for (const record of repeated) file.add(JSON.stringify(shifted(record, round, unit, rises)));
  }
  for (const record of after) file.add(JSON.stringify(shifted(record, rounds - 1, unit, rises)));
  file.close();
}

/** By how much every counter rises from one repetition to the next, by host and name. */
function counterRises(records: readonly TimelineRecord[]): ReadonlyMap<string, number> {
  const first = new Map<string, number>();
  const rises = new Map<string, number>();
  for (const record of records) {
    if (record.type !== 'conntrack' && record.type !== 'netstat') continue;
    for (const [name, value] of Object.entries(countersOf(record))) {
      const key = `${record.type} ${record.host} ${name}`;
      if (!first.has(key)) first.set(key, value);
      rises.set(key, value - (first.get(key) ?? value));
    }
  }
  return rises;
}

function countersOf(record: ConntrackRecord | NetstatRecord): Readonly<Record<string, number>> {
  if (record.type === 'netstat') return record.counters;
  const { type, t, host, gateway, client, entries, ...counters } = record;
  return counters;
}

function shifted(record: TimelineRecord, round: number, unit: number, rises: ReadonlyMap<string, number>): TimelineRecord {
  const later = (t: number) => Math.round((t + round * unit) * 1e6) / 1e6;
  const t = later(record.t);
  switch (record.type) {
    case 'conntrack':
    case 'netstat': {
      const counters = Object.fromEntries(
        Object.entries(countersOf(record)).map(([name, value]) => [
          name,
          value + round * (rises.get(`${record.type} ${record.host} ${name}`) ?? 0),
        ]),
      );
      return record.type === 'netstat' ? { ...record, t, counters } : { ...record, t, ...counters };
    }
    case 'load': {
      const { firstBadAt } = record;
      return { ...record, t, at: later(record.at), ...(firstBadAt === undefined ? {} : { firstBadAt: later(firstBadAt) }) };
    }
    default:
      return { ...record, t };
  }
}

function stretchLatency(text: string, path: string, unit: number, rounds: number): void {
  const lines = text.split('\n').slice(0, -1);
  const intervals = lines.flatMap((line) => parseHlogLine(line) ?? []).filter(({ to }) => to <= unit);
  const file = new Lines(path);
  for (const line of lines.filter((one) => parseHlogLine(one) === undefined)) file.add(line);
  const variants = intervals.map(({ data }) => FACTORS.map((factor) => rescaled(data, factor)));
  const random = seeded(1);
  for (let round = 0; round < rounds; round++) {
    for (const [index, { flood, phase, from, to }] of intervals.entries()) {
      const variant = variants[index]?.[Math.floor(random() * FACTORS.length)];
      if (variant === undefined) continue;
      const { encoded, max } = variant;
      const span = { from: from + round * unit, to: to + round * unit };
      file.add(hlogLine({ flood, phase: phase as LatencySlice['phase'], ...span, data: encoded }, max));
    }
  }
  file.close();
}

function rescaled(data: string, factor: number): { readonly encoded: string; readonly max: number } {
  const iterator = (hdr.decodeFromCompressedBase64(data) as hdr.JsHistogram).recordedValuesIterator;
  const scaled = hdr.build({ bitBucketSize: 32, autoResize: true, numberOfSignificantValueDigits: 3 });
  iterator.reset();
  while (iterator.hasNext()) {
    const { valueIteratedTo, countAtValueIteratedTo } = iterator.next();
    scaled.recordValueWithCount(Math.max(1, Math.round(valueIteratedTo * factor)), countAtValueIteratedTo);
  }
  return { encoded: hdr.encodeIntoCompressedBase64(scaled), max: scaled.maxValue };
}

/** A file written in blocks. */
class Lines {
  readonly #fd: number;
  #text = '';

  constructor(path: string) {
    this.#fd = openSync(path, 'w');
  }

  add(line: string): void {
    this.#text += `${line}\n`;
    if (this.#text.length > 1_000_000) this.#flush();
  }

  close(): void {
    this.#flush();
    closeSync(this.#fd);
  }

  #flush(): void {
    writeSync(this.#fd, this.#text);
    this.#text = '';
  }
}
