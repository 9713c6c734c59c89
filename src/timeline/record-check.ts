import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PACKAGE } from '../platform/package.ts';
import { LONGEST_RUN } from './limits.ts';

/** What is wrong inside a record. */
export interface Fault {
  /** Dotted, from the record. */
  readonly path: string;
  readonly message: string;
}

type Check = (value: unknown) => Fault | undefined;
type Fields = Readonly<Record<string, unknown>>;

type Kind = 'object' | 'array' | 'string' | 'number' | 'boolean';

/** The part of JSON Schema that test/schemas/type-schema.ts uses for the types of the timeline. */
interface Schema {
  readonly type?: Kind | readonly (Kind | 'null')[];
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly Schema[];
  readonly items?: Schema;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: Schema;
  readonly propertyNames?: { readonly enum: readonly string[] };
}

/** A bound that nothing real exceeds; it keeps sums and quotients finite. */
const MOST = 2 ** 53;
const USUAL: readonly [least: number, most: number] = [0, MOST];
/** Ballast is subtracted: if another program flushes the table, the rest is negative. */
const REST: readonly [least: number, most: number] = [-MOST, MOST];

/** Numbers that are not simply 0 or more. */
const BOUNDS: Readonly<Record<string, readonly [least: number, most: number]>> = {
  t: [-LONGEST_RUN, LONGEST_RUN],
  at: [-LONGEST_RUN, LONGEST_RUN],
  firstBadAt: [-LONGEST_RUN, LONGEST_RUN],
  entries: REST,
  states: REST,
  unreplied: REST,
  assured: REST,
  observed: [-MOST, MOST],
  offsetSeconds: REST,
  driftSeconds: REST,
  cpus: [1, 65_536],
};
/** Shares of CPU: the kernel's idle time may decrease a little (iowait in proc(5)); nothing uses more than all cores. */
const SHARE: readonly [number, number] = [-1, 65_536];

const NOUNS = { object: 'a map', array: 'a list', string: 'a text', number: 'a number', boolean: 'true or false' } as const;

let checks: ReadonlyMap<unknown, Check> | undefined;

/** What is wrong with a line of a timeline by its schema, `ctload/timeline@1`; keys that it does not describe are fine. */
export function checkRecord(record: unknown): Fault | undefined {
  checks ??= new Map(schemas().map((schema) => [schema.properties?.['type']?.const, checkFor(schema)]));
  if (!isMap(record)) return { path: '', message: 'not a record: expected a map of keys' };
  const check = checks.get(record['type']);
  return check === undefined ? wrong(`expected one of ${[...checks.keys()].join(', ')}`, record['type'], 'type') : check(record);
}

/** The schema is published with those of the reports. */
function schemas(): readonly Schema[] {
  const file = join(PACKAGE, 'src/report/timeline.schema.json');
  return (JSON.parse(readFileSync(file, 'utf8')) as Schema).anyOf ?? [];
}

/** Compiled once: a long run has hundreds of thousands of records. */
function checkFor(schema: Schema, key = ''): Check {
  if (schema.anyOf !== undefined) return anyOf(schema.anyOf.map((one) => checkFor(one, key)));
  if ('const' in schema) return oneOf([schema.const]);
  if (schema.enum !== undefined) return oneOf(schema.enum);
  if (typeof schema.type === 'object') return nullable(schema, schema.type, key);
  switch (schema.type) {
    case 'object':
      return objectOf(schema, key);
    case 'array':
      return arrayOf(checkFor(schema.items ?? {}, key));
    case 'number':
      return numberWithin(BOUNDS[key] ?? (/share$/i.test(key) ? SHARE : USUAL));
    case 'string':
    case 'boolean': {
      const { type } = schema;
      return (value) => (typeof value === type ? undefined : wrong(`expected ${NOUNS[type]}`, value));
    }
    default:
      throw new Error(`unforeseen kind of schema: ${JSON.stringify(schema)}`);
  }
}

function objectOf({ properties = {}, required = [], additionalProperties, propertyNames }: Schema, key: string): Check {
  const known = Object.entries(properties).map(
    ([name, schema]) => ({ name, check: checkFor(schema, name), needed: required.includes(name) }) as const,
  );
  const more = additionalProperties === undefined ? undefined : checkFor(additionalProperties, key);
  const names = propertyNames === undefined ? undefined : new Set(propertyNames.enum);
  return (value) => {
    if (!isMap(value)) return wrong('expected a map', value);
    for (const { name, check, needed } of known) {
      const inner = value[name];
      if (inner === undefined) {
        if (needed) return { path: name, message: 'is missing' };
        continue;
      }
      const fault = check(inner);
      if (fault !== undefined) return below(name, fault);
    }
    if (more === undefined) return undefined;
    for (const name of Object.keys(value)) {
      const fault = names?.has(name) === false ? { path: '', message: 'unknown key' } : more(value[name]);
      if (fault !== undefined) return below(name, fault);
    }
    return undefined;
  };
}

function arrayOf(check: Check): Check {
  return (value) => {
    if (!Array.isArray(value)) return wrong('expected a list', value);
    for (const [index, item] of value.entries()) {
      const fault = check(item);
      if (fault !== undefined) return below(String(index), fault);
    }
    return undefined;
  };
}

function anyOf(branches: readonly Check[]): Check {
  return (value) => {
    let last: Fault | undefined;
    for (const check of branches) {
      last = check(value);
      if (last === undefined) return undefined;
    }
    return last;
  };
}

function nullable(schema: Schema, types: readonly (Kind | 'null')[], key: string): Check {
  const check = anyOf(types.filter((type) => type !== 'null').map((type) => checkFor({ ...schema, type }, key)));
  return (value) => (value === null && types.includes('null') ? undefined : check(value));
}

function oneOf(values: readonly unknown[]): Check {
  return (value) =>
    values.includes(value) ? undefined : wrong(`expected ${values.length > 1 ? 'one of ' : ''}${values.join(', ')}`, value);
}

function numberWithin([least, most]: readonly [number, number]): Check {
  return (value) => {
    if (typeof value !== 'number') return wrong('expected a number', value);
    return value >= least && value <= most ? undefined : wrong(`expected a number from ${least} to ${most}`, value);
  };
}

const WIDEST = 60; // characters

function wrong(expected: string, value: unknown, path = ''): Fault {
  const text =
    value === undefined
      ? 'nothing'
      : isMap(value)
        ? NOUNS.object
        : Array.isArray(value)
          ? NOUNS.array
          : String(JSON.stringify(value));
  return { path, message: `${expected}, got ${text.length > WIDEST ? `${text.slice(0, WIDEST)}…` : text}` };
}

function below(name: string, { path, message }: Fault): Fault {
  return { path: path === '' ? name : `${name}.${path}`, message };
}

function isMap(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
