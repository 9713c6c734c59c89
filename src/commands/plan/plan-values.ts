import { InvalidArgumentError } from 'commander';
import { TIMEOUT_NAMES, timeoutMeant } from '../../model/input/timeouts.ts';
import type { Bits } from '../../model/node/kernel.ts';
import { parseVersion, type Version } from '../../model/node/version.ts';
import { formatBytes, parseQuantity, QUANTITY_EXAMPLES } from '../../model/quantity.ts';
import { PLAN_TARGETS, type PlanTarget } from '../../model/result/plan/plan-targets.ts';
import { didYouMean } from '../../model/suggest.ts';
import { parseCount, parseDuration } from '../../model/units.ts';
import { type GateRule, parseRequirement } from '../../sizing/gate/requirement.ts';

/** In place of a file: `--table --here` is the table of this machine. */
export const HERE = '--here';

function refuse(expected: string): never {
  throw new InvalidArgumentError(`expected ${expected}`);
}

/** A parser of whole numbers within bounds; like every parser here, it throws InvalidArgumentError for anything else. */
export function whole({ min, max = Number.MAX_SAFE_INTEGER }: { readonly min: number; readonly max?: number }) {
  return (text: string): number => {
    const value = parseCount(text);
    if (value !== undefined && Number.isInteger(value) && value >= min && value <= max) return value;
    return refuse(
      `a whole number, at least ${min}${max < Number.MAX_SAFE_INTEGER ? ` and at most ${max}` : ''}, such as ${Math.max(min, 2)}`,
    );
  };
}

/** A number, at least 0; `k` and `m` multiply it. */
export function amount(text: string): number {
  return parseCount(text) ?? refuse('a number, at least 0, such as 500 or 20k');
}

export function positive(text: string): number {
  const value = parseCount(text);
  return value !== undefined && value > 0 ? value : refuse('a number above 0, such as 1.5');
}

/** `0.3` or `30%`, from 0 to below 1. */
export function share(text: string): number {
  const value = text.endsWith('%') ? Number(text.slice(0, -1)) / 100 : Number(text);
  return text !== '' && value >= 0 && value < 1 ? value : refuse('a share from 0 to below 1, such as 0.3 (30 %)');
}

/** A duration such as `1m30s`, in seconds. */
export function seconds(text: string): number {
  return (
    parseDuration(text) ?? refuse(`a duration such as 250ms, 5s or 1m30s${/^\d+$/.test(text) ? `; ${text} has no unit` : ''}`)
  );
}

const LEAST_MEMORY = 4 * 2 ** 20; // bytes; less means that the unit was left out

/** A size such as `8Gi`, in bytes. */
export function memory(text: string): number {
  const bytes = parseQuantity(text) ?? refuse(QUANTITY_EXAMPLES);
  return bytes >= LEAST_MEMORY ? bytes : refuse(`${QUANTITY_EXAMPLES}; ${formatBytes(bytes)} is too small for a machine`);
}

export function version(text: string): Version {
  return parseVersion(text) ?? refuse('a kernel version such as 6.1 or 5.10.0');
}

export function versionOrNone(text: string): Version | 'none' {
  return text === 'none' ? text : (parseVersion(text) ?? refuse('a version such as 1.29 or 1.38.1, or none'));
}

export function bits(text: string): Bits {
  return text === '32' ? 32 : text === '64' ? 64 : refuse('32 or 64');
}

/** Items separated by commas, after those of earlier flags. */
export function list(text: string, previous: readonly string[]): string[] {
  return [
    ...previous,
    ...text
      .split(',')
      .map((item) => item.trim())
      .filter((item) => item !== ''),
  ];
}

/** `utilization<0.8`, after those of earlier flags. */
export function requirement(text: string, previous: readonly GateRule[]): GateRule[] {
  const parsed = parseRequirement(text);
  if (typeof parsed === 'string') throw new InvalidArgumentError(parsed);
  return [...previous, parsed];
}

/** One of PLAN_TARGETS, after those of earlier flags. */
export function target(text: string, previous: readonly PlanTarget[]): PlanTarget[] {
  const known = PLAN_TARGETS.find((one) => one === text);
  return known === undefined
    ? refuse(`one of ${PLAN_TARGETS.join(', ')}${didYouMean(text, PLAN_TARGETS)}`)
    : [...new Set([...previous, known])];
}

/** `NAME=DURATION`, whole seconds, added to those of earlier flags. */
export function timeout(text: string, previous: Readonly<Record<string, number>>): Record<string, number> {
  const [name = '', value = ''] = text.split('=');
  if (!TIMEOUT_NAMES.some((one) => one === name)) {
    const meant = timeoutMeant(name);
    refuse(
      `a timeout such as tcp_time_wait=30s${(meant === undefined ? didYouMean(name, TIMEOUT_NAMES) : `; did you mean ${meant}?`) || `; the names are ${TIMEOUT_NAMES.join(', ')}`}`,
    );
  }
  const length = parseDuration(value);
  if (length === undefined || length < 1 || !Number.isInteger(length)) refuse(`whole seconds after ${name}=, such as 30s`);
  return { ...previous, [name]: length };
}
