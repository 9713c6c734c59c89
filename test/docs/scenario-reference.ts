import { scenarioJsonSchema } from '../../src/scenario/schema/json-schema.ts';

interface Schema {
  readonly description?: string;
  readonly default?: unknown;
  readonly const?: unknown;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly anyOf?: readonly Schema[];
  readonly additionalProperties?: Schema | boolean;
}

interface Row {
  readonly key: string;
  readonly fallback: string;
  readonly meaning: string;
  /** Whether it is the word by which one of several alternatives is chosen. */
  readonly chooses?: boolean;
}

const NOT_YET = 'Not supported yet.';

/** The keys of a scenario file as Markdown tables: all but those of floods, those of floods by kind, and the executors. */
export function scenarioReference(): string {
  const schema: Schema = JSON.parse(scenarioJsonSchema());
  const { floods, ...rest } = schema.properties ?? {};
  const variants = leaves(floods?.additionalProperties as Schema).filter(
    ({ properties }) => properties?.['executor']?.description !== NOT_YET,
  );
  return [
    table(['key', 'default', 'meaning'], distinct(keys('', { ...schema, properties: rest })).map(cells)),
    'Every flood has a name, `floods.<name>`. Its keys, and those of its executor:',
    table(['key', 'kinds', 'default', 'meaning'], floodRows(variants)),
    table(['executor', 'kinds', 'keys', 'meaning'], executorRows(variants)),
  ].join('\n\n');
}

/** The keys below `schema`, sections first. */
function keys(path: string, schema: Schema): Row[] {
  return leaves(schema).flatMap(({ properties = {}, required = [] }) =>
    Object.entries(properties).flatMap(([name, value]) => {
      const key = path === '' ? name : `${path}.${name}`;
      const inner = keys(key, value);
      const { description = '' } = value;
      const fallback = required.includes(name) ? 'required' : code(value.default);
      const row = {
        key,
        fallback,
        meaning: description,
        chooses: [value, ...(value.anyOf ?? [])].some((one) => one.const !== undefined),
      };
      if (inner.length === 0) return [row];
      return typeof value.default === 'string' ? [row, ...inner] : inner; // a section that may also be a word
    }),
  );
}

/** `schema`, or the alternatives in it that have keys. */
function leaves(schema: Schema): Schema[] {
  if (schema.properties !== undefined) return [schema];
  return (schema.anyOf ?? []).flatMap(leaves);
}

/** One row for every key: what several alternatives say of it, the one for labs of ctload's own first; none where they say nothing. */
function distinct(rows: readonly Row[]): Row[] {
  return [...new Set(rows.map(({ key }) => key))].flatMap((key) => {
    const all = rows.filter((row) => row.key === key);
    const described = all.filter(({ chooses }) => chooses !== true);
    const same = described.length === 0 ? all : described;
    const meanings = new Set(same.map((row) => row.meaning).filter((meaning) => meaning !== ''));
    const known = same.map((row) => row.fallback).filter((text) => text !== '');
    const fallback = known.find((text) => text !== 'required') ?? known[0] ?? '';
    return meanings.size === 0 && fallback === '' ? [] : [{ key, fallback, meaning: [...meanings].reverse().join(' ') }];
  });
}

function floodRows(variants: readonly Schema[]): string[][] {
  const found: { key: string; kind: string; fallback: string; meaning: string }[] = [];
  for (const variant of variants) {
    const kind = constant(variant, 'kind');
    for (const [key, value] of Object.entries(variant.properties ?? {})) {
      if (key === 'executor' || isOfExecutor(key, variant, variants)) continue;
      const fallback = variant.required?.includes(key) ? 'required' : code(value.default);
      found.push({
        key: key === 'kind' ? `kind: ${kind}` : key,
        kind,
        fallback: key === 'kind' ? '' : fallback,
        meaning: value.description ?? '',
      });
    }
  }
  const kinds = new Set(variants.map((variant) => constant(variant, 'kind')));
  const groups = groupBy(found, ({ key, fallback, meaning }) => `${key}\n${fallback}\n${meaning}`);
  const order = [...new Set(found.map(({ key }) => key))];
  return [...groups.values()]
    .map((rows) => ({ ...(rows[0] as (typeof found)[number]), kinds: new Set(rows.map(({ kind }) => kind)) }))
    .sort((a, b) => rank(a.key, order) - rank(b.key, order))
    .map(({ key, fallback, meaning, kinds: with_ }) => {
      const named = key.startsWith('kind: ') ? '' : with_.size === kinds.size ? 'all' : list(with_);
      return [code(key), named, fallback, meaning];
    });
}

/** Kinds first, then in the order of the schema. */
function rank(key: string, order: readonly string[]): number {
  return key.startsWith('kind: ') ? -1 : order.indexOf(key);
}

function executorRows(variants: readonly Schema[]): string[][] {
  const groups = groupBy(variants, (variant) => constant(variant, 'executor'));
  const all = new Set(variants.map((variant) => constant(variant, 'kind')));
  return [...groups].map(([executor, group]) => {
    const [first] = group;
    const kinds = new Set(group.map((variant) => constant(variant, 'kind')));
    const own = Object.keys(first?.properties ?? {}).filter((key) => key !== 'executor' && isOfExecutor(key, first, variants));
    const described = own.map((key) => {
      const value = first?.properties?.[key];
      return value?.default === undefined ? code(key) : `${code(key)} (default ${code(value.default)})`;
    });
    return [
      code(executor),
      kinds.size === all.size ? 'all' : list(kinds),
      described.join(', '),
      first?.properties?.['executor']?.description ?? '',
    ];
  });
}

/** Whether `key` comes with the executor of `variant`: no kind that has the executor has the key with all of its executors. */
function isOfExecutor(key: string, variant: Schema | undefined, variants: readonly Schema[]): boolean {
  const has = ({ properties }: Schema) => properties?.[key] !== undefined;
  const alike = (name: string, one: Schema | undefined) =>
    variants.filter((other) => constant(other, name) === constant(one, name));
  return alike('executor', variant).every((one) => has(one) && !alike('kind', one).every(has));
}

function constant(variant: Schema | undefined, key: string): string {
  const value = variant?.properties?.[key];
  return String(value?.const ?? value?.anyOf?.find((one) => one.const !== undefined)?.const);
}

function cells({ key, fallback, meaning }: Row): string[] {
  return [code(key), fallback, meaning];
}

function code(value: unknown): string {
  return value === undefined || value === '' ? '' : `\`${typeof value === 'string' ? value : JSON.stringify(value)}\``;
}

function list(names: Iterable<string>): string {
  return [...names].map((name) => `\`${name}\``).join(', ');
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (parts: readonly string[]) => `| ${parts.map((part) => part.replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(head), `|${head.map(() => '---').join('|')}|`, ...rows.map(line)].join('\n');
}

function groupBy<T>(items: readonly T[], keyOf: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) groups.set(keyOf(item), [...(groups.get(keyOf(item)) ?? []), item]);
  return groups;
}
