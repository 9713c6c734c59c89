/** Seconds. A report divides a run into steps of 100 ms; a week has six million of them. */
export const LONGEST_RUN = 7 * 86_400;
/** Seconds that a run may have lasted by its first record. */
const HEAD_START = 3600;
/** Seconds that may pass for each record. The machine alone is recorded ten times a second. */
const SECONDS_PER_RECORD = 10;

/** The latest time that record `number` of a timeline may name: one wrong time must not make a report of a thousand hours. */
export function latestTime(number: number): number {
  return HEAD_START + SECONDS_PER_RECORD * number;
}
