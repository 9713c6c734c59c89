import type { ConntrackRecord, MetaRecord } from '../../model/timeline/sample.ts';
import type { DoneAction } from './capacity-course.ts';
import { metaOf } from './gateways.ts';
import { TableFold } from './table.ts';
import type { TableSample } from './table-rows.ts';

/** The table of the gateways as one, as its samples come. */
interface GatewaySample extends TableSample {
  readonly capacity: number;
}

/** Reads the gateways' records as they come: entries of the table that is the fullest now, counters of all together. */
export class GatewayFold {
  readonly #meta: Pick<MetaRecord, 'lab' | 'environment'>;
  readonly #folds = new Map<string, { readonly fold: TableFold; last?: GatewaySample }>();
  #actions: readonly DoneAction[] = [];

  constructor(meta: Pick<MetaRecord, 'lab' | 'environment'>) {
    this.#meta = meta;
  }

  /** What has been done to the tables so far. */
  act(actions: readonly DoneAction[]): void {
    this.#actions = actions;
    for (const { fold } of this.#folds.values()) fold.act(actions);
  }

  /** Undefined for a record of another host's table, and before the start of the load. */
  add(record: ConntrackRecord): GatewaySample | undefined {
    if (record.host !== 'gateway') return undefined;
    const table = this.#foldOf(record.gateway ?? '');
    const sample = table.fold.add(record);
    if (sample === undefined) return undefined;
    table.last = { ...sample, capacity: table.fold.capacity.at(sample.t) };
    const all = [...this.#folds.values()].flatMap(({ last }) => last ?? []);
    const fullest = all.reduce((a, b) => (b.entries / b.capacity > a.entries / a.capacity ? b : a));
    const sum = (name: 'drop' | 'earlyDrop' | 'insertFailed') => all.reduce((total, one) => total + one[name], 0);
    const { entries, capacity } = fullest;
    const clashed = all.reduce((total, one) => total + (one.clashed ?? 0), 0);
    return {
      ...{ t: sample.t, entries, capacity, drop: sum('drop'), earlyDrop: sum('earlyDrop'), insertFailed: sum('insertFailed') },
      ...(clashed === 0 ? {} : { clashed }),
    };
  }

  #foldOf(name: string): { readonly fold: TableFold; last?: GatewaySample } {
    const known = this.#folds.get(name);
    if (known !== undefined) return known;
    const facts = this.#meta.lab.gateways?.find((gateway) => gateway.name === name);
    const made = { fold: new TableFold(facts === undefined ? this.#meta : metaOf(this.#meta, facts), this.#actions) };
    this.#folds.set(name, made);
    return made;
  }
}
