import { TIMEOUT_NAMES, timeoutSysctl } from '../model/input/timeouts.ts';
import { didYouMean } from '../model/suggest.ts';
import { type CtloadError, usageError } from '../platform/errors.ts';

/** The settings of a node's conntrack table made by sysctl. */
export interface SysctlSettings {
  readonly max?: number;
  readonly buckets?: number;
  /** Seconds by the short names of a scenario. */
  readonly timeouts: Readonly<Record<string, number>>;
  /** Full names of the conntrack settings that change neither size nor timeouts. */
  readonly others: readonly string[];
}

export const NO_SYSCTL: SysctlSettings = { timeouts: {}, others: [] };

const LARGEST = 2 ** 31 - 1;
const PREFIX = 'net.netfilter.nf_conntrack_';
const TIMEOUT_OF = new Map(TIMEOUT_NAMES.map((name) => [timeoutSysctl(name)?.slice(PREFIX.length), name]));
/** A line of sysctl.d(5) or of `sysctl -a`; also `key: value` and quoted, as in YAML, JSON and TOML. */
const LINE = /^\s*-?\s*["']?-?([a-z0-9_./-]+)["']?\s*[=:]\s*["']?([^"',]*?)["']?\s*,?\s*$/i;
/** The same anywhere in a line: `{"netNetfilterNfConntrackMax": 9, …}`. */
const SETTINGS = /([a-z0-9_./]*conntrack[a-z0-9_./]*)["']?\s*[=:]\s*["']?([^\s"',}\]]*)/gi;
const KEY = /^(?:net\.)?(?:netfilter\.|ipv4\.netfilter\.)?(?:nf|ip)_conntrack_(.+)$/;
/** `netNetfilterNfConntrackMax`, as AKS calls them in linuxOSConfig.sysctls. */
const CAMEL = /^netNetfilterNfConntrack([A-Z].*)$/;

/** The part of a sysctl key after `nf_conntrack_`; undefined when it is not one of conntrack. */
function conntrackKey(key: string): string | undefined {
  const camel = CAMEL.exec(key)?.[1];
  if (camel !== undefined) return camel.replace(/(?!^)[A-Z]/g, (letter) => `_${letter}`).toLowerCase();
  return KEY.exec(key.replaceAll('/', '.'))?.[1];
}

/** Whether `key` is a conntrack setting as sysctl names it. */
export function isConntrackKey(key: string): boolean {
  return conntrackKey(key) !== undefined;
}

/**
 * The conntrack settings of one `key=value`.
 * @throws {CtloadError} exit 2 when it is not a conntrack setting, or does not affect a plan.
 */
export function readSysctlAssignment(text: string): SysctlSettings {
  const place = `--sysctl ${text}`;
  const [, key = '', value = ''] = LINE.exec(text) ?? [];
  const name = conntrackKey(key);
  if (name === undefined) {
    throw wrong(place, `not a conntrack setting; expected ${PREFIX}max=1048576, ${PREFIX}buckets=… or a timeout`);
  }
  const settings = set(NO_SYSCTL, name, value, place);
  if (settings.others.length === 0) return settings;
  throw wrong(place, `has no effect on a plan; only max, buckets and timeouts do${didYouMean(name, known())}`);
}

/**
 * The conntrack settings in the text of a sysctl.d file (comments with # or ;, a leading - before keys, the last of several applies),
 * or of `sysctl -a`.
 * @throws {CtloadError} exit 2 when it contains none, or a value is not valid.
 */
export function readSysctlFile(text: string, file: string): SysctlSettings {
  const lines = text.split('\n').filter((line) => !/^\s*[#;]/.test(line));
  const found = lines
    .flatMap((line) => [...line.matchAll(SETTINGS)])
    .reduce((settings, [, key = '', value = '']) => {
      const name = conntrackKey(key);
      return name === undefined ? settings : set(settings, name, value, `${file}: ${key}`);
    }, NO_SYSCTL);
  if (setsAnything(found)) return found;
  throw wrong(file, `sets no conntrack limit or timeout; expected lines such as ${PREFIX}max = 1048576`);
}

/** Whether there is a limit or a timeout in it. */
export function setsAnything({ max, buckets, timeouts }: SysctlSettings): boolean {
  return max !== undefined || buckets !== undefined || Object.keys(timeouts).length > 0;
}

/** `settings` with one more, found in a map or list of another file. */
export function readSysctlEntry(settings: SysctlSettings, key: string, value: string, place: string): SysctlSettings {
  const name = conntrackKey(key);
  return name === undefined ? settings : set(settings, name, value, `${place}: ${key}`);
}

/** `second` over `first`. */
export function mergeSysctls(first: SysctlSettings, second: SysctlSettings): SysctlSettings {
  return {
    ...first,
    ...second,
    timeouts: { ...first.timeouts, ...second.timeouts },
    others: [...first.others, ...second.others],
  };
}

function set(settings: SysctlSettings, name: string, value: string, place: string): SysctlSettings {
  if (name === 'count') return settings; // a reading of `sysctl -a`, not a setting
  if (name === 'max' || name === 'buckets') return { ...settings, [name]: whole(value, { min: 1, place }) };
  const timeout = TIMEOUT_OF.get(name);
  if (timeout === undefined) return { ...settings, others: [...settings.others, `${PREFIX}${name}`] };
  return { ...settings, timeouts: { ...settings.timeouts, [timeout]: whole(value, { min: 0, place }) } };
}

function whole(text: string, { min, place }: { readonly min: number; readonly place: string }): number {
  const value = Number(text.trim());
  if (text.trim() !== '' && Number.isInteger(value) && value >= min && value <= LARGEST) return value;
  throw wrong(place, `expected a whole number, at least ${min}, got ${JSON.stringify(text.trim())}`);
}

function known(): string[] {
  return ['max', 'buckets', ...[...TIMEOUT_OF.keys()].flatMap((name) => name ?? [])];
}

function wrong(place: string, message: string): CtloadError {
  return usageError(
    `${place}: ${message}`,
    'give --sysctl a sysctl.d file or key=value, e.g. --sysctl net.netfilter.nf_conntrack_max=1048576',
  );
}
