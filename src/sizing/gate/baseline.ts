import { usageError } from '../../platform/errors.ts';
import type { Figures } from './figures.ts';

/** The plan that another one is compared with. */
export interface Baseline {
  /** As it was named. */
  readonly file: string;
  /** Whether it has a load. */
  readonly loaded: boolean;
  /** Its figures by instance type; by null where it is for one node. */
  readonly figures: ReadonlyMap<string | null, Figures>;
}

type Fields = Readonly<Record<string, unknown>>;

/**
 * Reads a plan in JSON, of this release or an older one.
 * @throws {CtloadError} exit 2 when it is something else.
 */
export function parseBaseline(text: string, file: string): Baseline {
  const plan = json(text);
  if (!isFields(plan) || plan['schema'] !== 'ctload/plan@1' || !isFields(plan['limit']) || !isFields(plan['load'])) {
    throw usageError(
      `--baseline ${file}: not a plan (schema ctload/plan@1)`,
      'write one with ctload plan … --json > plan.json, or --output DIR',
    );
  }
  const { limit, load, limits, traffic } = plan;
  const types = (Array.isArray(limits) ? limits : []).filter(isFields);
  return {
    file,
    loaded: Array.isArray(traffic) && traffic.length > 0,
    figures:
      types.length === 0
        ? new Map([[null, { ...limit, ...load }]])
        : new Map(types.map((one) => [String(one['instanceType']), one])),
  };
}

function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
