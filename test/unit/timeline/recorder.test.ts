import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as hdr from 'hdr-histogram-js';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CtloadError } from '../../../src/platform/errors.ts';
import { readLatency, readValues } from '../../../src/timeline/read-latency.ts';
import { readTimeline } from '../../../src/timeline/read-timeline.ts';
import { Recorder } from '../../../src/timeline/recorder.ts';
import { metaRecord, sample } from '../../fixtures/run.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ctload-timeline-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** A histogram of µs, as an agent sends it. */
function encoded(...values: number[]): string {
  const histogram = hdr.build({ bitBucketSize: 32, autoResize: true, numberOfSignificantValueDigits: 3 });
  for (const value of values) histogram.recordValue(value);
  return hdr.encodeIntoCompressedBase64(histogram);
}

describe('timeline.ndjson', () => {
  it('gives back what was recorded', async () => {
    const records = [metaRecord(), sample(-0.1, 0, { drop: 3 }), sample(0.01, 1)];
    const recorder = new Recorder(folder);
    for (const record of records) recorder.record(record);
    await recorder.close();
    expect([...readTimeline(folder)]).toEqual(records);
  });

  it('tells when another run has taken its place', async () => {
    const recorder = new Recorder(folder);
    recorder.record(metaRecord());
    const other = new Recorder(folder);
    await expect(recorder.close()).rejects.toThrow('was replaced or removed while it was written');
    await other.close();
  });

  it('holds more than memory buffers', async () => {
    const recorder = new Recorder(folder);
    recorder.record(metaRecord());
    for (let i = 0; i < 20_000; i++) recorder.record(sample(i / 100, i));
    const unclosed = readFileSync(join(folder, 'timeline.ndjson'), 'utf8');
    expect(unclosed.split('\n').length).toBeGreaterThan(15_000);
    await recorder.close();
    expect([...readTimeline(folder)]).toHaveLength(20_001);
  });

  it('fails at once where it cannot write, naming the file and the remedy', () => {
    expect(() => new Recorder(join(folder, 'missing'))).toThrow(
      expect.objectContaining({
        message: expect.stringContaining('missing/timeline.ndjson'),
        hint: expect.stringContaining('--output'),
        exitCode: 100,
      }),
    );
  });

  it('leaves out a last line that was cut short', () => {
    writeFileSync(join(folder, 'timeline.ndjson'), `${JSON.stringify(metaRecord())}\n{"type":"conn`);
    expect([...readTimeline(folder)]).toHaveLength(1);
  });

  it.each([
    ['a broken line', `${JSON.stringify(metaRecord())}\n{"type"\n{}\n`, 'timeline.ndjson:2: not a JSON record'],
    ['what is no record', `${JSON.stringify(metaRecord())}\nnull\n`, 'timeline.ndjson:2: not a record'],
    ['no meta record', `${JSON.stringify(sample(0, 0))}\n`, 'does not start with a "meta" record'],
    ['an empty file', '', 'does not start with a "meta" record'],
    ['another version', `${JSON.stringify({ ...metaRecord(), schema: 'ctload/timeline@9' })}\n`, 'has schema ctload/timeline@9'],
  ])('refuses %s as a usage error', (_, text, message) => {
    writeFileSync(join(folder, 'timeline.ndjson'), text);
    expect(() => [...readTimeline(folder)]).toThrow(
      expect.objectContaining({ message: expect.stringContaining(message), exitCode: 2 }),
    );
  });

  it('says which folder would do when there is no timeline', () => {
    try {
      [...readTimeline(folder)];
      expect.unreachable();
    } catch (error) {
      expect(error).toBeInstanceOf(CtloadError);
      expect((error as CtloadError).hint).toContain('folder of a finished run');
    }
  });
});

describe('latency.hlog', () => {
  async function record(): Promise<string> {
    const recorder = new Recorder(folder);
    recorder.latency({ flood: 'requests', phase: 'connecting', from: 0, to: 1, data: encoded(400, 500) }); // two agents
    recorder.latency({ flood: 'requests', phase: 'connecting', from: 0, to: 1, data: encoded(600, 1_030_000) });
    recorder.latency({ flood: 'requests', phase: 'connecting', from: 1, to: 2, data: encoded(450) });
    recorder.latency({ flood: 'sockets', phase: 'heartbeat', from: 1, to: 2, data: encoded(900) });
    await recorder.close();
    return readFileSync(join(folder, 'latency.hlog'), 'utf8');
  }

  it('adds up the agents, per interval and over the run, in milliseconds', async () => {
    await record();
    const [connecting, heartbeat] = readLatency(folder);
    expect(connecting).toMatchObject({ flood: 'requests', phase: 'connecting', total: { count: 5 } });
    expect(connecting?.total.min).toBeCloseTo(0.4, 2);
    expect(connecting?.total.p50).toBeCloseTo(0.5, 2);
    expect(connecting?.total.max).toBeCloseTo(1030, -1);
    expect(connecting?.intervals.map(({ from, to, count }) => [from, to, count])).toEqual([
      [0, 1, 4],
      [1, 2, 1],
    ]);
    expect(connecting?.values.map(([, count]) => count)).toEqual([1, 1, 1, 1, 1]);
    expect(connecting?.values[1]?.[0]).toBeCloseTo(0.45, 2);
    expect(connecting?.values[4]?.[0]).toBe(connecting?.total.max);
    expect(heartbeat).toMatchObject({ flood: 'sockets', phase: 'heartbeat', total: { count: 1 } });
  });

  it('adds up the floods, per interval of one phase', async () => {
    const recorder = new Recorder(folder);
    recorder.latency({ flood: 'requests', phase: 'connecting', from: 0, to: 1, data: encoded(400, 500) });
    recorder.latency({ flood: 'sockets', phase: 'connecting', from: 0, to: 1, data: encoded(400, 1000) });
    recorder.latency({ flood: 'sockets', phase: 'heartbeat', from: 0, to: 1, data: encoded(7000) });
    recorder.latency({ flood: 'sockets', phase: 'connecting', from: 1, to: 2, data: encoded(300) });
    await recorder.close();
    const read = [...readValues(folder, 'connecting')];
    expect(read.map(({ from, to, counts }) => [from, to, ...counts])).toEqual([
      [0, 1, 2, 1, 1],
      [1, 2, 1],
    ]);
    expect(read[0]?.times[0]).toBeCloseTo(0.4, 2);
  });

  it('is read by the HdrHistogram log reader, tags, times and values', async () => {
    const text = await record();
    expect(hdr.listTags(text)).toEqual(['requests:connecting', 'sockets:heartbeat']);
    const reader = new hdr.HistogramLogReader(text);
    const first = reader.nextIntervalHistogram();
    expect(first?.tag).toBe('requests:connecting');
    expect(first?.totalCount).toBe(2);
    expect((first?.endTimeStampMsec ?? 0) - (first?.startTimeStampMsec ?? 0)).toBeCloseTo(1000, 0);
    expect(Math.abs((first?.startTimeStampMsec ?? 0) - Date.now())).toBeLessThan(60_000); // absolute, from StartTime
  });

  it('has the header, legend and columns other tools look for', async () => {
    const lines = (await record()).trimEnd().split('\n');
    expect(lines[0]).toBe('#[Histogram log format version 1.3]');
    expect(lines[1]).toMatch(/^#\[StartTime: \d+\.\d{3} \(seconds since epoch\), .+\]$/);
    expect(lines[3]).toBe('"StartTimestamp","Interval_Length","Interval_Max","Interval_Compressed_Histogram"');
    expect(lines[5]).toMatch(/^Tag=requests:connecting,0\.000,1\.000,103\d\.\d{3},HISTF[A-Za-z0-9+/=]+$/);
    expect(lines).toHaveLength(8);
  });

  it('names the histogram that is none', async () => {
    const text = await record();
    writeFileSync(join(folder, 'latency.hlog'), text.replace(encoded(450), 'HISTFAAA'));
    expect(() => readLatency(folder)).toThrow(
      expect.objectContaining({
        message: expect.stringMatching(/latency\.hlog: .*\(requests:connecting from 1 s on\)$/),
        exitCode: 2,
      }),
    );
  });

  it('leaves out a last line that was cut short, and may be missing', async () => {
    const text = await record();
    writeFileSync(join(folder, 'latency.hlog'), text.slice(0, -20));
    expect(readLatency(folder).map(({ phase }) => phase)).toEqual(['connecting']);
    rmSync(join(folder, 'latency.hlog'));
    expect(readLatency(folder)).toEqual([]);
  });
});
