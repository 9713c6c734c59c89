import type { ActionFacts } from '../../model/timeline/action.ts';
import type { EventRecord } from '../../model/timeline/sample.ts';

/** An action that was carried out. */
export interface DoneAction extends ActionFacts {
  /** When it began, in seconds since the start of the load. */
  readonly t: number;
}

/** The actions that were carried out, in order of time. */
export function actionsIn(events: readonly EventRecord[]): DoneAction[] {
  return events.flatMap(({ t, name, action }) => (name === 'action' && action !== undefined ? [{ ...action, t }] : []));
}

interface Change {
  readonly fromSeconds: number;
  readonly doneSeconds: number;
  readonly capacity: number;
}

/** How many entries of the load the gateway's table takes, over time: actions may change its limit. */
export class CapacityCourse {
  readonly #first: number;
  readonly #changes: readonly Change[];

  constructor(first: number, actions: readonly DoneAction[] = []) {
    this.#first = first;
    this.#changes = actions.flatMap(({ t, doneSeconds, max }) =>
      max === undefined ? [] : [{ fromSeconds: t, doneSeconds, capacity: max }],
    );
  }

  /** While it is being changed, the larger of both values. */
  at(t: number): number {
    return this.#around(t).most;
  }

  /** The same where the kernel found the table full with so many entries: while it is being changed, a value that they reach. */
  whenFull(t: number, entries: number): number {
    const { least, most } = this.#around(t);
    return entries < most ? least : most;
  }

  /** Both values while it is being changed, and otherwise one. */
  #around(t: number): { readonly least: number; readonly most: number } {
    let around = { least: this.#first, most: this.#first };
    for (const { fromSeconds, doneSeconds, capacity } of this.#changes) {
      if (t < fromSeconds) break;
      const { least, most } = t < doneSeconds ? around : { least: capacity, most: capacity };
      around = { least: Math.min(least, capacity), most: Math.max(most, capacity) };
    }
    return around;
  }

  /** The largest up to then: entries stay when the limit falls below their number. */
  mostUntil(t: number): number {
    return this.#changes.reduce(
      (most, { fromSeconds, capacity }) => (fromSeconds <= t ? Math.max(most, capacity) : most),
      this.#first,
    );
  }

  get isConstant(): boolean {
    return this.#changes.length === 0;
  }

  /** The smallest of all. */
  get least(): number {
    return this.#changes.reduce((least, { capacity }) => Math.min(least, capacity), this.#first);
  }
}
