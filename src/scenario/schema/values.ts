import { z } from 'zod';
import { count as grouped } from '../../model/format.ts';
import { didYouMean } from '../../model/suggest.ts';
import { formatDuration, parseCount, parseDuration } from '../../model/units.ts';
import { durationPattern, numberPattern } from './patterns.ts';

/** setTimeout's and, at HZ=1000, the kernel's jiffies' limit: 2³¹ ms. */
const LONGEST = 2_147_483; // seconds
const DURATION = 'expected a duration such as 250ms, 5s or 1m30s';

/** Open connections, or connections per second: three times the number of tuples of one client with 64 virtual IPs. */
export const MOST_CONNECTIONS = 10_000_000;

export interface Bounds {
  readonly min: number;
  readonly max?: number;
}

/** `1m30s` → 90. Seconds, to the microsecond, so that the resolved scenario reads back exactly the same. */
export function duration({ min, max = LONGEST }: Bounds, description: string) {
  return z
    .string({ error: ({ input }) => (input === undefined ? undefined : wrongDuration(input)) })
    .transform((text, context) => {
      const seconds = parseDuration(text);
      if (seconds === undefined) return refuse(context, wrongDuration(text));
      if (seconds < min) return refuse(context, `must be at least ${formatDuration(min)}`);
      if (seconds > max) return refuse(context, `must be at most ${formatDuration(max)}`);
      return Math.round(seconds * 1e6) / 1e6;
    })
    .meta({ description, pattern: durationPattern(min > 0) });
}

function wrongDuration(input: unknown): string {
  if (typeof input === 'number') return `${DURATION}; ${input} has no unit (${input}s?)`;
  return typeof input === 'string' ? `${DURATION}, got ${JSON.stringify(input)}` : DURATION;
}

/** `4096`, `'4096'`, `4k`, `1.5m` → a number. */
export function count({ min, max = Number.MAX_SAFE_INTEGER }: Bounds, description: string) {
  const check = (value: number) => {
    if (value < min) return `must be at least ${grouped(min)}`;
    if (value > max) return `must be at most ${grouped(max)}`;
    return Number.isInteger(value) ? undefined : 'must be a whole number';
  };
  return number(description, check, { type: 'integer', minimum: min, maximum: max });
}

/** A rate per second: like a count, but it may be fractional, and with `positive` it must not be 0. */
export function rate(description: string, { positive = false } = {}) {
  const check = (value: number) => {
    if (value < 0) return 'must be at least 0';
    if (value > MOST_CONNECTIONS) return `must be at most ${grouped(MOST_CONNECTIONS)}`;
    return positive && value === 0 ? 'must be more than 0' : undefined;
  };
  return number(description, check, {
    type: 'number',
    ...(positive ? { exclusiveMinimum: 0 } : { minimum: 0 }),
    maximum: MOST_CONNECTIONS,
  });
}

/** A share below 1, or a whole number. */
export function shareOrCount(description: string) {
  const check = (value: number) => {
    if (value < 0) return 'must be at least 0';
    return value < 1 || Number.isInteger(value) ? undefined : 'must be a share below 1 or a whole number';
  };
  return number(description, check, { type: 'number', minimum: 0, anyOf: [{ exclusiveMaximum: 1 }, { type: 'integer' }] });
}

/** What the JSON Schema says of a number that is written as one. */
interface NumberSchema {
  readonly type: 'number' | 'integer';
  readonly minimum?: number;
  readonly exclusiveMinimum?: number;
  readonly maximum?: number;
  readonly exclusiveMaximum?: number;
  readonly anyOf?: readonly object[];
}

/** A finite number, also as text with a `k` or `m`; `check` returns the reason why a value is not allowed, and `schema` says the same. */
export function number(description: string, check: (value: number) => string | undefined, schema: NumberSchema) {
  const expected = 'expected a number such as 500, 4096 or 20k';
  const { type, minimum = 0, exclusiveMinimum } = schema;
  const pattern = numberPattern({ whole: type === 'integer', positive: minimum > 0 || exclusiveMinimum !== undefined });
  return z
    .union([z.number(), z.string()], {
      error: ({ input }) => (input === undefined ? undefined : expected),
    })
    .transform((input, context) => {
      const value = typeof input === 'number' ? input : parseCount(input);
      if (value === undefined) return refuse(context, expected);
      // 1.1k is 1100.0000000000002 in binary.
      const exact = Number(value.toPrecision(12));
      const wrong = check(exact);
      return wrong === undefined ? exact : refuse(context, wrong);
    })
    .meta({ description, anyOf: [schema, { type: 'string', pattern }] });
}

/** One of `supported`; values in `later` are refused as not supported yet, with `reasons` where there are some. */
export function choice<const S extends string>(
  supported: readonly S[],
  later: readonly string[],
  description: string,
  reasons: Readonly<Record<string, string>> = {},
) {
  return z
    .enum([...supported, ...later], { error: ({ input }) => notOneOf(input, supported) })
    .transform((value, context): S => {
      const known = supported.find((one) => one === value);
      const why = reasons[value] === undefined ? '' : ` (${reasons[value]})`;
      return known ?? refuse(context, `${value} is not supported yet${why}; choose one of ${listed(supported)}`);
    })
    .meta({ description, enum: [...supported] }); // editors offer only the supported ones
}

/** Reports `message` for the value being parsed and continues, so that other problems are found as well. */
export function refuse(context: z.core.$RefinementCtx, message: string): never {
  context.addIssue({ code: 'custom', message });
  return z.NEVER;
}

/** The message for an `input` that is not one of `values`, with a suggestion when it resembles one of them. */
export function notOneOf(input: unknown, values: readonly unknown[]): string | undefined {
  if (input === undefined) return `is required: ${listed(values)}`;
  const near = typeof input === 'string' ? didYouMean(input, values.map(String)) : '';
  return `must be ${values.length > 1 ? 'one of ' : ''}${listed(values)}${near}`;
}

function listed(values: readonly unknown[]): string {
  return values.join(', ');
}
