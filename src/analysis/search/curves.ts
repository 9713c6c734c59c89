/** How near one of the limits a trial came. */
export interface Strain {
  /** The limit: `table`, or a threshold. */
  readonly of: string;
  /** Measured value ÷ limit: above 1 the trial breaks. */
  readonly ratio: number;
}

interface Point {
  readonly value: number;
  readonly ratio: number;
}

/** A single point says where its curve meets the limit only if it strains the limit by so much more than what is always there. */
const LEAST = 0.05;
/** Values nearer to each other than this share do not tell a slope where the model knows the base: their difference is noise. */
const APART = 0.1;

/** What trials have measured of each limit, by the value they tried; tells where the first of these curves meets its limit. */
export class Curves {
  readonly #bases: ReadonlyMap<string, number>;
  readonly #points = new Map<string, Point[]>();

  /** @param bases by limit, the strain without any of the variable; a limit that is not in it needs two points. */
  constructor(bases: ReadonlyMap<string, number> = new Map()) {
    this.#bases = bases;
  }

  add(value: number, strains: readonly Strain[]): void {
    for (const { of, ratio } of strains) this.#points.set(of, [...(this.#points.get(of) ?? []), { value, ratio }]);
  }

  /** The lowest value at which a curve meets its limit; undefined when none is known well enough. */
  meets(): number | undefined {
    const values = [...this.#points].flatMap(([of, points]) => meetsOne(points, this.#bases.get(of)) ?? []);
    return values.length === 0 ? undefined : Math.min(...values);
  }

  /** Whether something was measured so near to the value, as a share of it. */
  isNear(value: number, share: number): boolean {
    const values = [...this.#points.values()].flat().map((point) => point.value);
    return values.some((measured) => Math.abs(measured - value) <= share * measured);
  }
}

/**
 * On the line through the point next to the limit and the next one that is apart from it; from the base where there is none, and
 * without a base through any two of different values.
 */
function meetsOne(measured: readonly Point[], base: number | undefined): number | undefined {
  const lowest = measured.toSorted((a, b) => a.value - b.value)[0];
  const off = measured.filter(({ ratio }) => ratio !== 1);
  // What was at the limit says only that it was not far from it: the least that is said where nothing else is known.
  const points = off.length > 0 || lowest === undefined ? off : [lowest];
  const [near, ...others] = points.toSorted((a, b) => Math.abs(a.ratio - 1) - Math.abs(b.ratio - 1));
  if (near === undefined) return undefined;
  const differing = others.filter(({ value }) => value !== near.value);
  const apart = differing.find(({ value }) => Math.abs(value - near.value) >= APART * near.value);
  const second = apart ?? (base === undefined ? differing[0] : undefined);
  const other = second ?? (base === undefined ? undefined : { value: 0, ratio: base });
  if (other === undefined) return undefined;
  const rise = (near.ratio - other.ratio) / (near.value - other.value);
  const known = second !== undefined || near.ratio - other.ratio >= LEAST;
  const meets = near.value + (1 - near.ratio) / rise;
  return known && rise > 0 && meets > 0 && Number.isFinite(meets) ? meets : undefined;
}
