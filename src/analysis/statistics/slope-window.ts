/** A line through points: how steep it is, and how sure that is. */
export interface Slope {
  /** Per second. */
  readonly perSecond: number;
  /** Standard error of that. */
  readonly error: number;
}

const FEWEST = 5; // points; fewer make a line of any noise

const ROOM = 64; // points; twice as many whenever they do not fit

/**
 * The points of the last `seconds`, and the line through them (least squares). A ring of numbers: objects or arrays that live as long as
 * a window are garbage that the engine collects only when there is much of it.
 */
export class SlopeWindow {
  readonly #seconds: number;
  #times = new Float64Array(ROOM);
  #values = new Float64Array(ROOM);
  /** Index of the oldest point. */
  #first = 0;
  #count = 0;

  constructor(seconds: number) {
    this.#seconds = seconds;
  }

  /** Times must not go back. */
  add(t: number, value: number): void {
    while (this.#count > 0 && (this.#times[this.#first] as number) < t - this.#seconds) {
      this.#first = (this.#first + 1) % this.#times.length;
      this.#count--;
    }
    if (this.#count === this.#times.length) this.#grow();
    const at = (this.#first + this.#count) % this.#times.length;
    this.#times[at] = t;
    this.#values[at] = value;
    this.#count++;
  }

  /** Undefined as long as there are too few points. */
  slope(): Slope | undefined {
    const count = this.#count;
    if (count < FEWEST) return undefined;
    const room = this.#times.length;
    let t0 = 0;
    let v0 = 0;
    for (let i = 0; i < count; i++) {
      const at = (this.#first + i) % room;
      t0 += this.#times[at] as number;
      v0 += this.#values[at] as number;
    }
    t0 /= count;
    v0 /= count;
    let tt = 0;
    let tv = 0;
    let vv = 0;
    for (let i = 0; i < count; i++) {
      const at = (this.#first + i) % room;
      const t = (this.#times[at] as number) - t0;
      const v = (this.#values[at] as number) - v0;
      tt += t * t;
      tv += t * v;
      vv += v * v;
    }
    if (tt === 0) return undefined;
    const perSecond = tv / tt;
    const residual = Math.max(0, vv - perSecond * tv);
    return { perSecond, error: Math.sqrt(residual / (count - 2) / tt) };
  }

  #grow(): void {
    const moved = (from: Float64Array) => {
      const to = new Float64Array(2 * from.length);
      to.set(from.subarray(this.#first));
      to.set(from.subarray(0, this.#first), from.length - this.#first);
      return to;
    };
    this.#times = moved(this.#times);
    this.#values = moved(this.#values);
    this.#first = 0;
  }
}
