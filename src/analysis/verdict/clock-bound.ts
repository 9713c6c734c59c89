import type { Reason } from '../../model/result/findings.ts';
import type { ClockRecord } from '../../model/timeline/sample.ts';

/** What the time of a break may be wrong by, for that to be left unsaid: this many seconds, or this share of the time. */
const ALLOWED = { seconds: 0.02, share: 0.005 };

export interface ClockBounds {
  readonly noEarlier: readonly Reason[];
  readonly noLater: readonly Reason[];
}

/**
 * What the clock of the gateway's machine makes of the time of a break, `at`: a clock that became fast during the load shows it too
 * late, one that became slow too early; and if it could not even be read that well, either is possible.
 */
export function clockBounds(clock: ClockRecord | undefined, at: number): ClockBounds {
  if (clock === undefined) return { noEarlier: [], noLater: [] };
  const { errorSeconds, driftSeconds } = clock;
  const allowed = Math.max(ALLOWED.seconds, ALLOWED.share * at);
  if (errorSeconds + Math.abs(driftSeconds) <= allowed) return { noEarlier: [], noLater: [] };
  const reasons: Reason[] = [{ code: 'clock-uncertain', figures: { errorSeconds, driftSeconds, atSeconds: at } }];
  const unread = errorSeconds > allowed;
  return {
    noEarlier: unread || driftSeconds < 0 ? reasons : [],
    noLater: unread || driftSeconds > 0 ? reasons : [],
  };
}
