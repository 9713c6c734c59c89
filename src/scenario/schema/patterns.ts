/**
 * Patterns of the JSON Schema. They are no stricter than the checks of ctload: a value that a variable completes may turn out as
 * anything, so a well-formed `${…}` anywhere in it is enough.
 */

/** `${NAME}` or `${NAME:-default}`, as text/interpolate.ts substitutes them. */
export const VARIABLE = '\\$\\{[A-Za-z_][A-Za-z0-9_]*(:-[^}]*)?\\}';

/** The whole value as `pattern`, or anything with a variable. */
export function orVariable(pattern: string): string {
  return `^(${pattern})$|${VARIABLE}`;
}

/** Any text in which every `${` is a variable; `$$` stands for a dollar sign. @param others what else a character may not be */
export function textPattern(others = ''): string {
  return `^(\\$\\$|${VARIABLE}|\\$(?![\\$\\{])|[^$${others}])*$`;
}

/** Control characters other than tab and line feed, within brackets. */
export const CONTROLS = '\\x00-\\x08\\x0b-\\x1f\\x7f-\\x9f';

const NONZERO = '(?=[^$]*[1-9])';

/** A duration; with `positive` more than 0. Bounds depend on the sum of its parts, which no pattern computes. */
export function durationPattern(positive: boolean): string {
  return orVariable(`${positive ? NONZERO : ''}(\\d+(\\.\\d+)?(ns|us|µs|ms|s|m|h|d))+`);
}

/** A number as text, with `k` or `m`. */
export function numberPattern({ whole, positive }: { readonly whole: boolean; readonly positive: boolean }): string {
  const any = '\\d+(\\.\\d+)?[kKmM]?';
  const integer = '\\d+(\\.0+)?|\\d+(\\.\\d{1,3}0*)?[kK]|\\d+(\\.\\d{1,6}0*)?[mM]';
  return orVariable(`${positive ? NONZERO : ''}(${whole ? integer : any})`);
}

/** `6.1`, `v1.29.3-eks-1234` (model/node/version.ts). */
export const VERSION = `^\\s*v?\\d+\\.\\d+(\\.\\d+)?($|[^\\d.])|${VARIABLE}`;

/** A Kubernetes quantity (model/quantity.ts). */
export const QUANTITY = orVariable('(?=[^eE]*[1-9])\\s*(\\d+(\\.\\d+)?|\\.\\d+)([eE][+-]?\\d+|[kMGTP]|[KMGTP]i)?\\s*');

export const INSTANCE_TYPE = orVariable('\\s*[A-Za-z0-9-]+\\.[A-Za-z0-9-]+\\s*');

export const PLACE = orVariable('host|netns:(?!\\.\\.?$)[^/\\s]+|pid:[1-9]\\d*');

const OCTET = '(25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)';
const PORT = '0*([1-9]\\d{0,3}|[1-5]\\d{4}|6[0-4]\\d{3}|65[0-4]\\d{2}|655[0-2]\\d|6553[0-5])';
const octets = (count: number) => Array.from({ length: count }, () => `\\.${OCTET}`).join('');

/** `http://ADDRESS:PORT/`, as endpointOfUrl (model/input/external.ts) reads it. */
export const URL_PATTERN = orVariable(`http://${OCTET}${octets(3)}(:${PORT})?/?`);

/** `ADDRESS:PORT` (model/input/external.ts). */
export const ENDPOINT = orVariable(`${OCTET}${octets(3)}:${PORT}`);

/** Addresses within SOURCE_POOL (model/input/sources.ts), one or a range of them. */
export const SOURCES = `198\\.18\\.(12[89]|1[3-8]\\d|19[01])\\.${OCTET}(/(1[89]|2\\d|3[0-2]))?`;

/** The same, of loopback, private networks (RFC 1918) and 198.18.0.0/15. */
export const UNPUBLIC_ENDPOINT = orVariable(
  `((127|10)${octets(3)}|(192\\.168|172\\.(1[6-9]|2\\d|3[01])|198\\.1[89])${octets(2)}):${PORT}`,
);

/** `p(N)` with N from 0 to 100. */
const PERCENTILE = 'p\\((\\+?(0*\\d{1,2}(\\.\\d*)?|0*100(\\.0*)?|\\.\\d+)|[-+]?[\\d.]+[eE][-+]?\\d+)\\)';

/** A threshold with one of `aggregations`, of which `p(N)` is any percentile (model/input/threshold.ts). */
export function expressionPattern(aggregations: readonly string[]): string {
  const names = aggregations.map((name) => (name === 'p(N)' ? PERCENTILE : name)).join('|');
  return orVariable(`\\s*(${names})\\s*(<=|>=|===|==|!=|<|>)\\s*[-+]?(\\d+\\.?\\d*|\\.\\d+)([eE][-+]?\\d+)?\\s*`);
}

/** A metric with tags: those of `anywhere`, and at least one of `needed` when there is any. Tags by the pattern of their values. */
export function selectorPattern(names: readonly string[], anywhere: readonly Tag[], needed: readonly Tag[] = []): string {
  const one = (tags: readonly Tag[]) => `(${tags.map(tagPattern).join('|')})`;
  const all = one([...anywhere, ...needed]);
  const list =
    needed.length > 0 ? `\\{(${all},)*${one(needed)}(,${all})*\\}` : anywhere.length > 0 ? `(\\{${all}(,${all})*\\})?` : '';
  return `^\\s*(${names.join('|')})\\s*${list}\\s*$`;
}

interface Tag {
  readonly name: string;
  /** Pattern. */
  readonly value: string;
}

/** Spaces and quotes around either side, as k6 takes them. */
function tagPattern({ name, value }: Tag): string {
  return `\\s*["']*${name}["']*\\s*:\\s*["']*(${value})["']*\\s*`;
}
