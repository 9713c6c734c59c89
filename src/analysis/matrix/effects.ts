import type { MatrixEffect, MatrixFigure } from '../../model/result/campaign/matrix.ts';

/** A break that moved by less than this share of its time is where it was: one run may differ so much from the next. */
export const NOTICEABLE = 0.05;

/** What the rank of a variant rests on. */
export interface Broke {
  /** Seconds until the table broke; null without a valid run. */
  readonly after: MatrixFigure | null;
  readonly rank: number | null;
}

/** What became of the baseline's break; null where one of the two has no valid run. */
export function effectOf(variant: Broke, base: Broke): MatrixEffect | null {
  if (variant.after === null || base.after === null) return null;
  const held = variant.after.median === null;
  if (base.after.median === null) return held ? 'none' : 'breaks';
  if (held) return 'holds';
  const change = variant.after.change ?? 0;
  if (variant.rank === base.rank || Math.abs(change) < NOTICEABLE) return 'none';
  return change > 0 ? 'later' : 'sooner';
}
