import { describe, expect, it } from 'vitest';
import { CapacityCourse } from '../../../../src/analysis/log/capacity-course.ts';
import type { TableSample } from '../../../../src/analysis/log/table-rows.ts';
import { alertOutlooks } from '../../../../src/analysis/series/alerts.ts';

function samples(entries: (t: number) => number, drop: (t: number) => number): TableSample[] {
  return Array.from({ length: 3000 }, (_, index) => index / 100).map((t) => ({
    t,
    entries: entries(t),
    drop: drop(t),
    earlyDrop: 0,
    insertFailed: 0,
  }));
}

const outlook = (of: ReturnType<typeof alertOutlooks>, rule: string, scrapeSeconds: number) =>
  of.find((item) => item.rule === rule && item.scrapeSeconds === scrapeSeconds);

describe('what alerts would have shown', () => {
  // Above 75 % from 10 s to 13 s; the first drop at 12 s, its request due at 11.5 s.
  const outlooks = alertOutlooks(
    {
      samples: samples(
        (t) => (t >= 10 && t < 13 ? 80 : 75),
        (t) => (t >= 12 ? 5 : 0),
      ),
      capacity: new CapacityCourse(100),
    },
    11.5,
    30,
  );

  it('a burst is seen only by scrapes that happen to fall into it', () => {
    const every15 = outlook(outlooks, 'utilization', 15);
    expect(every15?.earliestSeconds).toBe(10);
    expect(every15?.latestSeconds).toBeCloseTo(12.99, 6);
    expect(every15?.seenShare).toBeCloseTo(3 / 15, 6);
    expect(every15?.inTimeShare).toBeCloseTo(1.5 / 15, 6);
    expect(outlook(outlooks, 'utilization', 60)?.seenShare).toBeCloseTo(3 / 60, 6);
  });

  it('drops are seen by the next scrape, however late, and never in time', () => {
    const every60 = outlook(outlooks, 'drops', 60);
    expect(every60?.earliestSeconds).toBe(12);
    expect(every60?.latestSeconds).toBeCloseTo(71.99, 6);
    expect(every60).toMatchObject({ seenShare: 1, inTimeShare: 0 });
    expect(outlook(outlooks, 'drops', 15)?.latestSeconds).toBeCloseTo(26.99, 6);
  });

  it('exactly 75 % is not above it: never', () => {
    const calm = alertOutlooks(
      {
        samples: samples(
          () => 75,
          () => 0,
        ),
        capacity: new CapacityCourse(100),
      },
      null,
      30,
    );
    for (const item of calm) {
      expect(item).toMatchObject({ earliestSeconds: null, latestSeconds: null, seenShare: 0, inTimeShare: null });
    }
  });
});
