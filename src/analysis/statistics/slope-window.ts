/** A line through points: how steep it is, and how sure that is. */
export interface Slope {
  /** Per second. */
  readonly perSecond: number;
  /** Standard error of that. */
  readonly error: number;
}

const FEWEST = 5; // points; fewer make a line of any noise

/** The points of the last `seconds`, and the line through them (least squares). */
export class SlopeWindow {
  readonly #seconds: number;
  readonly #times: number[] = [];
  readonly #values: number[] = [];

  constructor(seconds: number) {
    this.#seconds = seconds;
  }

  /** Times must not go back. */
  add(t: number, value: number): void {
    this.#times.push(t);
    this.#values.push(value);
    const old = this.#times.findIndex((one) => one >= t - this.#seconds);
    this.#times.splice(0, old);
    this.#values.splice(0, old);
  }

  /** Undefined as long as there are too few points. */
  slope(): Slope | undefined {
    const count = this.#times.length;
    if (count < FEWEST) return undefined;
    const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / count;
    const t0 = mean(this.#times);
    const v0 = mean(this.#values);
    let tt = 0;
    let tv = 0;
    let vv = 0;
    for (let i = 0; i < count; i++) {
      const t = (this.#times[i] as number) - t0;
      const v = (this.#values[i] as number) - v0;
      tt += t * t;
      tv += t * v;
      vv += v * v;
    }
    if (tt === 0) return undefined;
    const perSecond = tv / tt;
    const residual = Math.max(0, vv - perSecond * tv);
    return { perSecond, error: Math.sqrt(residual / (count - 2) / tt) };
  }
}
