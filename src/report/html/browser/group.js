const SHORTEST = 0.2;

/** Charts on one time axis: what one shows, all show. */
export class Group {
  plots = [];
  #end;
  #busy = false;

  constructor(end) {
    this.#end = end;
  }

  /** One chart was zoomed by drag. */
  zoomed(plot) {
    const { min, max } = plot.scales.x;
    if (!this.#busy && min !== null) this.show(min, max);
  }

  reset() {
    this.show(0, this.#end);
    return null;
  }

  /** Shows the time from `from` to `to`, as far as it lies within the run. */
  show(from, to) {
    const span = Math.min(this.#end, Math.max(SHORTEST, to - from));
    const min = Math.min(Math.max(0, from), this.#end - span);
    this.#busy = true;
    for (const plot of this.plots) {
      plot.setScale('x', { min, max: min + span });
      plot.root.dataset.from = String(min);
      plot.root.dataset.to = String(min + span);
    }
    queueMicrotask(() => {
      this.#busy = false; // uPlot tells of a scale in a microtask
    });
  }

  /** Makes the visible time `factor` as long, around the cursor or the middle. */
  zoom(factor) {
    const { min, max } = this.plots[0].scales.x;
    const around = this.time() ?? (min + max) / 2;
    this.show(around - (around - min) * factor, around + (max - around) * factor);
  }

  /** Moves the visible time by `share` of it. */
  pan(share) {
    const { min, max } = this.plots[0].scales.x;
    this.show(min + (max - min) * share, max + (max - min) * share);
  }

  /** Where the cursor stands; undefined when there is none. */
  time() {
    const plot = this.plots[0];
    const { left } = plot.cursor;
    return left === undefined || left < 0 ? undefined : plot.posToVal(left, 'x');
  }

  /** Puts the cursor of every chart at `t`. */
  point(t) {
    for (const plot of this.plots) plot.setCursor({ left: plot.valToPos(t, 'x'), top: plot.over.clientHeight / 2 }, true, false);
  }

  /** Moves the cursor by `share` of the visible time. */
  step(share) {
    const { min, max } = this.plots[0].scales.x;
    const from = this.time() ?? (share > 0 ? min : max);
    this.point(Math.min(max, Math.max(min, from + (max - min) * share)));
  }
}
