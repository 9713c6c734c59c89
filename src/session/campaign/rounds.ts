/** What a side does in its turn: one run of the load, or a search for the highest value that holds. */
export type TurnKind = 'run' | 'search';

/** A turn of one of several sides. */
export interface Turn<Side> {
  readonly side: Side;
  /** Which of the side's turns of this kind it is, from 1 on. */
  readonly repeat: number;
  readonly kind: TurnKind;
}

/**
 * The order of `repeats` turns of every side, of all `kinds` one after the other: in rounds, each of which starts with the next side (ABC BCA CAB), so that what changes
 * on the machine over time, or because of the run before, affects all sides alike.
 */
export function inRounds<Side>(sides: readonly Side[], repeats: number, kinds: readonly TurnKind[] = ['run']): Turn<Side>[] {
  return Array.from({ length: repeats }, (_, round) => {
    const first = round % Math.max(1, sides.length);
    const order = [...sides.slice(first), ...sides.slice(0, first)];
    return order.flatMap((side) => kinds.map((kind) => ({ side, repeat: round + 1, kind })));
  }).flat();
}
