import { copyFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parse } from 'yaml';
import { factsOf } from '../../analysis/facts.ts';
import { sortRecords } from '../../analysis/log/run-log.ts';
import { type Scrapes, scrapesOf } from '../../analysis/series/scrapes.ts';
import type { EvaluatedRules, RuleAlert } from '../../model/result/alerts/alert-rules.ts';
import { reasonOf, usageError } from '../../platform/errors.ts';
import { readRegular } from '../../platform/read-file.ts';
import { readLatency } from '../../timeline/read-latency.ts';
import { readTimeline } from '../../timeline/read-timeline.ts';
import { RULES_FILE } from '../results/results.ts';
import { writeStored } from '../results/stored-alerts.ts';
import { type ActiveAlerts, type AlertState, activeAlerts, checkRules, promtoolVersion, requirePromtool } from './promtool.ts';

const LARGEST = 4 * 2 ** 20; // bytes of a file of rules
const MOST_EVALUATIONS = 20_000;

export interface AlertRequest {
  /** The user's file of rules. */
  readonly file: string;
  readonly scrapeSeconds: number;
  readonly evaluationSeconds: number;
  /** Labels of the series that the rules see. */
  readonly labels: Readonly<Record<string, string>>;
}

/**
 * Checks what can be checked before a run.
 * @throws {CtloadError} exit 112 without promtool, 2 for a file that cannot be read or is not accepted.
 */
export async function checkAlertRules({ file }: AlertRequest): Promise<void> {
  requirePromtool();
  namesIn(file);
  await checkRules(file);
}

/**
 * Evaluates rules over the run recorded in `folder`, and keeps them and the outcome there.
 * @throws {CtloadError} as checkAlertRules; exit 2 for too many evaluations, 100 when promtool fails.
 */
export async function evaluateAlertRules(folder: string, request: AlertRequest): Promise<void> {
  await checkAlertRules(request);
  const { file, scrapeSeconds, evaluationSeconds, labels } = request;
  const { log } = factsOf(sortRecords(readTimeline(folder)), readLatency(folder));
  const end = log.latestAt;
  const scrapes = scrapesOf(log.tables.gateway, scrapeSeconds, end);
  const offsets = evaluationsAt(scrapes.firstAt, evaluationSeconds, end);
  const active = await activeAlerts({
    rules: resolve(file),
    scrapeMs: Math.round(scrapeSeconds * 1000),
    evaluationMs: Math.round(evaluationSeconds * 1000),
    series: seriesOf(scrapes, labels),
    atMs: offsets,
  });
  const stored: EvaluatedRules = {
    scrapeSeconds,
    evaluationSeconds,
    labels,
    engine: await promtoolVersion(),
    alerts: namesIn(file).map((name) => timesOf(name, active, scrapes.firstAt)),
  };
  copyFileSync(file, join(folder, RULES_FILE));
  writeStored(folder, stored);
}

/** The evaluations from the start of the load to the end of the record, milliseconds since the first scrape. */
function evaluationsAt(firstAt: number, interval: number, end: number): number[] {
  const from = Math.ceil(-firstAt / interval - 1e-9);
  const to = Math.floor((end - firstAt) / interval);
  if (to - from > MOST_EVALUATIONS) {
    throw usageError(
      `${to - from} evaluations of the rules are too many; ${MOST_EVALUATIONS} are possible`,
      'choose a longer --evaluation-interval',
    );
  }
  return Array.from({ length: Math.max(0, to - from + 1) }, (_, index) => Math.round((from + index) * interval * 1000));
}

/** What node_exporter shows of a table, by its names. */
const SERIES: Readonly<Record<string, (sample: Scrapes['samples'][number]) => number>> = {
  up: () => 1,
  node_nf_conntrack_entries: ({ entries }) => entries,
  node_nf_conntrack_entries_limit: ({ capacity }) => capacity,
  node_nf_conntrack_stat_drop: ({ drop }) => drop,
  node_nf_conntrack_stat_early_drop: ({ earlyDrop }) => earlyDrop,
  node_nf_conntrack_stat_insert_failed: ({ insertFailed }) => insertFailed,
};

function seriesOf({ samples }: Scrapes, labels: Readonly<Record<string, string>>): Record<string, number[]> {
  const text = Object.entries(labels)
    .map(([name, value]) => `${name}=${JSON.stringify(value)}`)
    .join(',');
  return Object.fromEntries(Object.entries(SERIES).map(([name, value]) => [`${name}{${text}}`, samples.map(value)]));
}

function timesOf(name: string, evaluations: readonly ActiveAlerts[], firstAt: number): Omit<RuleAlert, 'leadSeconds'> {
  const first = (wanted: AlertState) => {
    const found = evaluations.find(({ active }) => active.some(([one, state]) => one === name && state === wanted));
    return found === undefined ? null : Math.round(firstAt * 1000 + found.atMs) / 1000;
  };
  return { name, pendingAtSeconds: first('pending'), firingAtSeconds: first('firing') };
}

/** Names of the alerts in a file of rules, in its order. @throws {CtloadError} exit 2. */
export function namesIn(file: string): string[] {
  try {
    const names = listIn(parse(readRegular(file, LARGEST)), 'groups')
      .flatMap((group) => listIn(group, 'rules'))
      .flatMap((rule) => (typeof rule?.['alert'] === 'string' ? [rule['alert']] : []));
    if (names.length === 0) throw new Error('it has no alert');
    return [...new Set(names)];
  } catch (cause) {
    const [reason = ''] = reasonOf(cause).split('\n'); // a parser's message goes on with the line itself
    throw usageError(
      `cannot read --alert-rules ${file}: ${reason.replace(/:$/, '')}`,
      'name a file of rules as Prometheus loads it: groups with rules with alert and expr',
      cause,
    );
  }
}

type Unchecked = Readonly<Record<string, unknown>> | null;

/** Nothing where the document has no such list: promtool says what else is wrong with it. */
function listIn(value: unknown, name: string): Unchecked[] {
  const list = typeof value === 'object' && value !== null ? (value as Unchecked)?.[name] : undefined;
  return Array.isArray(list) ? list : [];
}
