import { KUBE_PROXY_DEFAULTS } from '../../model/node/kube-proxy.ts';
import type { KubeProxyFields } from '../../model/node/kube-proxy-fields.ts';
import { didYouMean } from '../../model/suggest.ts';
import { parseDuration } from '../../model/units.ts';
import { refuse } from './refuse.ts';
import { isMap } from './yaml.ts';

export type FieldName = 'max' | keyof typeof KUBE_PROXY_DEFAULTS;

export const FIELDS = ['max', ...Object.keys(KUBE_PROXY_DEFAULTS)] as readonly FieldName[];
const LARGEST = 2 ** 31 - 1; // int32

/** A `conntrack:` block as it was read. */
export interface ReadBlock {
  readonly fields: KubeProxyFields;
  /** What kube-proxy ignores of it, one sentence each. */
  readonly notes: readonly string[];
}

/**
 * Fields of a `conntrack:` block. Null is the same as absent, and a field that no release has is ignored, as kube-proxy does.
 * @throws {CtloadError} exit 2 for a value of the wrong type, or a name close to that of a field.
 */
export function readBlock(block: unknown, place: string): ReadBlock {
  if (block === undefined || block === null) return { fields: {}, notes: [] };
  if (!isMap(block)) throw refuse(place, 'conntrack: expected a map of fields');
  const notes: string[] = [];
  const given = Object.entries(block).flatMap(([name, value]): [FieldName, number | boolean][] => {
    const field = FIELDS.find((one) => one === name);
    if (field === undefined) {
      const near = didYouMean(name, FIELDS);
      if (near !== '') throw refuse(place, `conntrack.${name}: not a field of kube-proxy, which ignores it${near}`);
      notes.push(`${place}: kube-proxy has no field conntrack.${name} and ignores it, with a warning in its log`);
    }
    return field === undefined || value === null || value === undefined ? [] : [[field, readField(field, value, place)]];
  });
  return { fields: Object.fromEntries(given), notes };
}

function readField(field: FieldName, value: unknown, place: string): number | boolean {
  const wrong = (expected: string) => refuse(place, `conntrack.${field}: expected ${expected}, got ${JSON.stringify(value)}`);
  switch (kindOf(field)) {
    case 'flag':
      if (typeof value === 'boolean') return value;
      throw wrong('true or false');
    case 'count':
      if (typeof value === 'number' && isCount(value)) return value;
      throw wrong('a whole number, at least 0');
    case 'time': {
      const seconds = value === 0 ? 0 : typeof value === 'string' ? goDuration(value) : undefined;
      if (seconds !== undefined) return seconds;
      throw wrong('a duration such as 24h0m0s');
    }
  }
}

/**
 * The value of a flag for `field`, which is text where a field would be a number.
 * @throws {CtloadError} exit 2 for one that kube-proxy refuses.
 */
export function readFlag(field: FieldName, text: string, flag: string, place: string): number | boolean {
  const wrong = (expected: string) => refuse(place, `--${flag}: expected ${expected}, got ${JSON.stringify(text)}`);
  switch (kindOf(field)) {
    case 'flag':
      if (/^(true|1|t)$/i.test(text)) return true;
      if (/^(false|0|f)$/i.test(text)) return false;
      throw wrong('true or false');
    case 'count': {
      if (/^\d+$/.test(text) && isCount(Number(text))) return Number(text);
      throw wrong('a whole number, at least 0');
    }
    case 'time': {
      const seconds = goDuration(text);
      if (seconds !== undefined) return seconds;
      throw wrong('a duration such as 24h0m0s');
    }
  }
}

function kindOf(field: FieldName): 'flag' | 'count' | 'time' {
  if (field === 'tcpBeLiberal') return 'flag';
  return field === 'max' || field === 'maxPerCore' || field === 'min' ? 'count' : 'time';
}

function isCount(value: number): boolean {
  return Number.isInteger(value) && value >= 0 && value <= LARGEST;
}

/** A duration as Go's time.ParseDuration accepts it, in seconds: as ctload's, but without days, and 0 needs no unit. */
function goDuration(text: string): number | undefined {
  if (text === '0') return 0;
  return text.includes('d') ? undefined : parseDuration(text);
}
