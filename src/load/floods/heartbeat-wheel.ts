/** How finely heartbeats are spread. */
const SPOKE_SECONDS = 0.02;
/** Neighbours in order of arrival come far apart: multiples of it fill any span evenly (the golden ratio). */
const STRIDE = 0.618_033_988_749_895;

/**
 * Has everything on it visited once a turn, evenly spread over the turn however bunched it came: sockets that were opened in
 * one second do not ping in one second for ever after. The first visit comes within a turn.
 */
export class HeartbeatWheel<T> {
  readonly #spokes: T[][];
  readonly #spokeSeconds: number;
  readonly #keeps: (item: T) => boolean;
  #added = 0;
  #size = 0;
  /** Spokes passed since time 0. */
  #passed = 0;

  /** `visit` says whether its item stays. */
  constructor(turnSeconds: number, visit: (item: T) => boolean) {
    const spokes = Math.max(1, Math.round(turnSeconds / SPOKE_SECONDS));
    this.#spokes = Array.from({ length: spokes }, () => []);
    this.#spokeSeconds = turnSeconds / spokes;
    this.#keeps = visit;
  }

  /** When the next visits are due; Infinity when there is nothing to visit. */
  get nextAt(): number {
    return this.#size === 0 ? Number.POSITIVE_INFINITY : (this.#passed + 1) * this.#spokeSeconds;
  }

  add(item: T, now: number): void {
    if (this.#size === 0) this.#passed = this.#due(now); // nothing has been missed
    const share = (this.#added++ * STRIDE) % 1;
    this.#spokes[Math.floor(share * this.#spokes.length)]?.push(item);
    this.#size++;
  }

  /** Visits what is due by `now`, at most once each. */
  turn(now: number): void {
    const due = this.#due(now);
    const last = Math.min(due, this.#passed + this.#spokes.length);
    while (this.#passed < last) this.#visit(this.#passed++ % this.#spokes.length);
    this.#passed = Math.max(this.#passed, due);
  }

  #due(now: number): number {
    return Math.floor(now / this.#spokeSeconds + 1e-6);
  }

  #visit(spoke: number): void {
    const before = this.#spokes[spoke] ?? [];
    const kept = before.filter(this.#keeps);
    this.#size -= before.length - kept.length;
    this.#spokes[spoke] = kept;
  }
}
