/** A point of some measure over utilization. */
export type Point = readonly [x: number, y: number];

/** y = base up to x = at, then rising by `slope` for every unit of x. */
export interface SegmentedFit {
  readonly at: number;
  readonly base: number;
  readonly slope: number;
  /** Sum of squared residuals. */
  readonly residual: number;
}

/** Points needed on either side of a hinge: fewer and one outlier would make one. */
const LEAST = 3;
const CANDIDATES = 40;

/** The hinge that fits `points` best by least squares; null when there are too few or none rises. */
export function fitSegments(points: readonly Point[]): SegmentedFit | null {
  const xs = points.map(([x]) => x).sort((a, b) => a - b);
  const [first, last] = [xs[LEAST - 1], xs[xs.length - LEAST]];
  if (first === undefined || last === undefined || first >= last) return null;
  let best: SegmentedFit | null = null;
  for (let step = 0; step <= CANDIDATES; step++) {
    const hinge = fitAt(points, first + ((last - first) * step) / CANDIDATES);
    if (hinge !== null && hinge.slope > 0 && (best === null || hinge.residual < best.residual)) best = hinge;
  }
  return best;
}

/** Least squares of y on max(0, x − at). */
function fitAt(points: readonly Point[], at: number): SegmentedFit | null {
  const n = points.length;
  let sumX = 0;
  let sumY = 0;
  let sumXX = 0;
  let sumXY = 0;
  for (const [x, y] of points) {
    const over = Math.max(0, x - at);
    sumX += over;
    sumY += y;
    sumXX += over * over;
    sumXY += over * y;
  }
  const spread = n * sumXX - sumX * sumX;
  if (spread <= 0) return null;
  const slope = (n * sumXY - sumX * sumY) / spread;
  const base = (sumY - slope * sumX) / n;
  const residual = points.reduce((sum, [x, y]) => sum + (y - base - slope * Math.max(0, x - at)) ** 2, 0);
  return { at, base, slope, residual };
}
