import { CtloadError, messageOf, usageError } from '../../platform/errors.ts';
import { CommandError, execute } from '../../platform/exec.ts';
import { ExitCode } from '../../platform/exit-codes.ts';
import { findTool } from '../../platform/tools.ts';

const SECONDS = 120;
/** promtool reads a file; it is given one without a name, which needs no cleaning up. It fails wherever an alert is not inactive. */
const TEST = 'cat | promtool test rules /dev/stdin 2>&1; true';
/** `got: {__name__="ALERTS", alertname="A", alertstate="firing", …} 1E+00, {…} 1E+00` */
const STATE = /alertname="((?:[^"\\]|\\.)*)", alertstate="(pending|firing)"/g;

export type AlertState = 'pending' | 'firing';

/** What is active at one evaluation. */
export interface ActiveAlerts {
  readonly atMs: number;
  readonly active: readonly (readonly [name: string, state: AlertState])[];
}

/** @throws {CtloadError} exit 112 where promtool is missing. */
export function requirePromtool(): void {
  if (findTool('promtool') !== undefined) return;
  throw new CtloadError('missing command: promtool, which evaluates --alert-rules', {
    hint: 'install with: apt-get install prometheus (its service need not run)',
    exitCode: ExitCode.hostUnfit,
  });
}

/** The name and version of the engine. */
export async function promtoolVersion(): Promise<string> {
  const text = await execute(['promtool', '--version']);
  return /^promtool, version \S+/.exec(text)?.[0] ?? 'promtool';
}

/** @throws {CtloadError} exit 2 with what Prometheus has against the rules in `file`. */
export async function checkRules(file: string): Promise<void> {
  try {
    await execute(['promtool', 'check', 'rules', file], { seconds: SECONDS });
  } catch (cause) {
    const says = cause instanceof CommandError ? cause.message : messageOf(cause);
    throw usageError(`--alert-rules ${file}: Prometheus does not accept the rules: ${says}`, 'see promtool check rules', cause);
  }
}

export interface RuleTest {
  /** Absolute path. */
  readonly rules: string;
  readonly scrapeMs: number;
  readonly evaluationMs: number;
  /** Selectors and values, one for each scrape. */
  readonly series: Readonly<Record<string, readonly number[]>>;
  /** Evaluations to look at, milliseconds since the first scrape. */
  readonly atMs: readonly number[];
}

/**
 * Evaluates rules over series by Prometheus' own engine; only the evaluations in which an alert is active are returned.
 * @throws {CtloadError} exit 100 when promtool fails in another way than by finding active alerts.
 */
export async function activeAlerts({ rules, scrapeMs, evaluationMs, series, atMs }: RuleTest): Promise<ActiveAlerts[]> {
  const test = {
    rule_files: [rules],
    evaluation_interval: `${evaluationMs}ms`,
    tests: [
      {
        interval: `${scrapeMs}ms`,
        input_series: Object.entries(series).map(([name, values]) => ({ series: name, values: values.join(' ') })),
        promql_expr_test: atMs.map((at) => ({ expr: 'ALERTS', eval_time: `${at}ms` })),
      },
    ],
  };
  const text = await execute(['sh', '-c', TEST], { input: JSON.stringify(test), seconds: SECONDS });
  return parseFailures(text);
}

/** What `promtool test rules` says of tests that expect no alert to be active. @throws {CtloadError} exit 100 for anything else. */
export function parseFailures(text: string): ActiveAlerts[] {
  if (/^\s*SUCCESS\s*$/m.test(text)) return [];
  const found = [...text.matchAll(/time: (\S+),\s*\n\s*exp: ?\S*\n\s*got: ?(.*)/g)];
  const active = found.map(([, time = '', got = '']) => ({
    atMs: goDurationMs(time),
    active: [...got.matchAll(STATE)].map(([, name = '', state]) => [name, state as AlertState] as const),
  }));
  if (active.length > 0 && active.every((one) => one.active.length > 0 && Number.isFinite(one.atMs))) return active;
  throw new CtloadError(`promtool could not evaluate the rules: ${text.replaceAll(/\s+/g, ' ').trim().slice(0, 500)}`, {
    hint: 'check them with promtool check rules',
  });
}

const UNIT_MS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };

/** `1m15s`, `1.5s`, as Go prints durations; NaN for anything else. */
function goDurationMs(text: string): number {
  if (!/^(?:[\d.]+(?:ms|[smh]))+$/.test(text)) return Number.NaN;
  return [...text.matchAll(/([\d.]+)(ms|[smh])/g)].reduce(
    (sum, [, value, unit = '']) => sum + Number(value) * (UNIT_MS[unit] ?? 0),
    0,
  );
}
