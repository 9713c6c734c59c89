import { describe, expect, it } from 'vitest';
import { ProgressMeter } from '../../../../src/session/measure/progress.ts';
import { NO_COUNTERS, sample } from '../../../fixtures/run.ts';

describe('the figures of the live view', () => {
  it('tell the first drop of the gateway, when and at how many entries, and keep it', () => {
    const meter = new ProgressMeter();
    meter.record(sample(-0.3, 0, { ...NO_COUNTERS, drop: 7000 }));
    meter.record(sample(1, 400));
    meter.record(sample(1.5, 500, { host: 'client', drop: 3 }));
    expect(meter.progress).toMatchObject({ entries: 400, drops: 0, firstDrop: null });
    meter.record(sample(2, 500, { drop: 7002 }));
    meter.record(sample(3, 499, { drop: 7009 }));
    expect(meter.progress).toMatchObject({ entries: 499, drops: 9, firstDrop: { t: 2, entries: 500 } });
  });
});
