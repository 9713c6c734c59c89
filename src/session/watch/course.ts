import { type Slope, SlopeWindow } from '../../analysis/statistics/slope-window.ts';
import type { WatchedTable } from '../../model/result/watch.ts';
import type { TableReading } from '../../probe/stat.ts';

/** A slope that is less than this many standard errors above 0 may be none. */
const CLEAR = 2;

/** The readings of one table, one after the other. */
export class Course {
  readonly #window: SlopeWindow;
  #first: TableReading | undefined;

  /** @param seconds the time that the slope is of */
  constructor(seconds: number) {
    this.#window = new SlopeWindow(seconds);
  }

  /** What is known of the table with one more reading. */
  add(t: number, reading: TableReading, limit: number): Omit<WatchedTable, 'netns' | 'name' | 'states'> {
    this.#first ??= reading;
    this.#window.add(t, reading.entries);
    const { entries, ...total } = reading;
    const slope = this.#window.slope();
    return {
      readAt: t,
      entries,
      utilization: entries / limit,
      slope: slope?.perSecond ?? null,
      secondsToFull: secondsToFull(entries, limit, slope),
      since: {
        drop: grown(total.drop, this.#first.drop),
        earlyDrop: grown(total.earlyDrop, this.#first.earlyDrop),
        insertFailed: grown(total.insertFailed, this.#first.insertFailed),
      },
      total,
    };
  }
}

/** Seconds until a table is full, if it goes on growing as it does; null unless it clearly grows. */
export function secondsToFull(entries: number, limit: number, slope: Slope | undefined): number | null {
  if (entries >= limit) return 0;
  if (slope === undefined || slope.perSecond <= CLEAR * slope.error || slope.perSecond <= 0) return null;
  return (limit - entries) / slope.perSecond;
}

/** The kernel's counters have 32 bits. */
function grown(now: number, before: number): number {
  return now >= before ? now - before : now - before + 2 ** 32;
}
