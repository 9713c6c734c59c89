/** One of the settings that `ctload matrix` compares. */
export interface Variant {
  /** Name of the variant. */
  readonly name: string;
  /** What it is, in a sentence; empty if there is none. */
  readonly description: string;
  /** Values by dotted path, as of `--set`; nothing: the scenario as it is. */
  readonly set: Readonly<Record<string, unknown>>;
}

/** A matrix of this many takes hours. */
export const MOST_VARIANTS = 50;

/** Longest name of a variant, which is a part of a path. */
const LONGEST = 100;

/** Number of variants that crossed lists make. */
export function crossedCount(cross: Readonly<Record<string, readonly unknown[]>>): number {
  return Object.values(cross).reduce((product, values) => product * values.length, 1);
}

/** Every combination of the values of crossed lists, the last list varying fastest: `max-500_dataplane-nftables`. */
export function crossedVariants(cross: Readonly<Record<string, readonly unknown[]>>): Variant[] {
  const paths = Object.keys(cross);
  let all: Pick<Variant, 'name' | 'set'>[] = [{ name: '', set: {} }];
  for (const [path, values] of Object.entries(cross)) {
    const labels = labelsOf(keyLabel(path, paths), values);
    all = all.flatMap(({ name, set }) =>
      values.map((value, index) => ({
        name: [name, labels[index]].filter((part) => part !== '').join('_'),
        set: { ...set, [path]: value },
      })),
    );
  }
  const names = all.map(({ name }) => name);
  const usable = new Set(names).size === names.length && names.every((name) => name.length <= LONGEST);
  return all.map(({ name, set }, index) => ({ name: usable ? name : `variant-${index + 1}`, description: '', set }));
}

/** The last key of `path`; all of it where another path ends alike. */
function keyLabel(path: string, paths: readonly string[]): string {
  const last = (one: string) => one.split('.').at(-1) ?? one;
  const alone = paths.filter((other) => last(other) === last(path)).length === 1;
  return plain(alone ? last(path) : path);
}

/** Maps, lists and long texts are called by their number. */
function labelsOf(key: string, values: readonly unknown[]): string[] {
  const texts = values.map((value) => (typeof value === 'object' ? '' : plain(String(value))));
  return texts.map((text, index) => {
    const clear = text !== '' && text.length <= LONGEST / 4 && texts.filter((other) => other === text).length === 1;
    return `${key}-${clear ? text : index + 1}`;
  });
}

function plain(text: string): string {
  return text.replace(/[^0-9a-zA-Z_-]+/g, '-');
}
