import * as hdr from 'hdr-histogram-js';
import { describe, expect, it } from 'vitest';
import { ProgressMeter } from '../../../../src/session/measure/progress.ts';
import { metaRecord, NO_COUNTERS, sample } from '../../../fixtures/run.ts';

/** A slice of so many milliseconds, a hundred times. */
function encoded(milliseconds: number): string {
  const histogram = hdr.build({ bitBucketSize: 64, numberOfSignificantValueDigits: 3 });
  for (let nth = 0; nth < 100; nth++) histogram.recordValue(milliseconds * 1000);
  return hdr.encodeIntoCompressedBase64(histogram);
}

describe('the figures of the live view', () => {
  it('tell the first drop of the gateway, when and at how many entries, and keep it', () => {
    const meter = new ProgressMeter(metaRecord());
    meter.record(sample(-0.3, 0, { ...NO_COUNTERS, drop: 7000 }));
    meter.record(sample(1, 400));
    meter.record(sample(1.5, 500, { host: 'client', drop: 3 }));
    expect(meter.progress).toMatchObject({ entries: 400, drops: 0, firstDrop: null });
    meter.record(sample(2, 1000, { drop: 7002 }));
    meter.record(sample(3, 999, { drop: 7009 }));
    expect(meter.progress).toMatchObject({ entries: 999, drops: 9, firstDrop: { t: 2, entries: 1000 } });
  });

  it('tell apart what was dropped since entries clashed, in a table with room', () => {
    const meter = new ProgressMeter(metaRecord());
    meter.record(sample(-0.3, 0, { ...NO_COUNTERS, drop: 7000, insertFailed: 100 }));
    meter.record(sample(1, 400, { drop: 7003, insertFailed: 103 }));
    expect(meter.progress).toMatchObject({ drops: 0, clashed: 3, firstDrop: null });
    meter.record(sample(2, 1000, { drop: 7005, insertFailed: 104 }));
    expect(meter.progress).toMatchObject({ drops: 2, clashed: 3, firstDrop: { t: 2, entries: 1000 } });
  });

  it('tell the p99 of connecting of all floods in the last second', () => {
    const meter = new ProgressMeter(metaRecord());
    const slice = (from: number, milliseconds: number) => ({ from, data: encoded(milliseconds) });
    meter.connecting(slice(0, 900));
    meter.connecting(slice(1, 30));
    meter.connecting(slice(1, 2));
    expect(meter.progress.p99Ms).toBeCloseTo(30, 0);
    meter.connecting(slice(2, 2));
    expect(meter.progress.p99Ms).toBeCloseTo(2, 1);
  });
});
