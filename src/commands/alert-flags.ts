import { type Command, InvalidArgumentError } from 'commander';
import { usageError } from '../platform/errors.ts';
import type { AlertRequest } from '../session/alerts/evaluate.ts';
import { seconds } from './plan/plan-values.ts';

/** What Prometheus scrapes and evaluates by default (global.scrape_interval of kube-prometheus and node-mixin's examples). */
const INTERVAL = 15; // seconds
const LABELS = { job: 'node-exporter', instance: 'gateway' };
const SHORTEST = 0.1; // seconds
const LONGEST = 3600;

/** As commander parses the flags of `alertFlags`. */
export interface AlertFlags {
  readonly alertRules?: string;
  readonly scrapeInterval?: number;
  readonly evaluationInterval?: number;
  readonly alertLabels?: Readonly<Record<string, string>>;
}

/** Adds the flags of --alert-rules. */
export function alertFlags(command: Command): Command {
  return command
    .optionsGroup('Your alerts:')
    .option('--alert-rules <file>', 'rule file of Prometheus: when its alerts would have fired (needs promtool)')
    .option('--scrape-interval <duration>', `time between two scrapes (default: ${INTERVAL}s)`, interval)
    .option('--evaluation-interval <duration>', 'time between two evaluations of the rules (default: that of scrapes)', interval)
    .option(
      '--alert-labels <name=value,...>',
      'labels of the scraped series (default: job=node-exporter,instance=gateway)',
      labels,
    );
}

/** @throws {CtloadError} exit 2 for flags that belong to --alert-rules when it is not given. */
export function alertRequest({
  alertRules,
  scrapeInterval,
  evaluationInterval,
  alertLabels,
}: AlertFlags): AlertRequest | undefined {
  if (alertRules !== undefined) {
    const scrapeSeconds = scrapeInterval ?? INTERVAL;
    return {
      file: alertRules,
      scrapeSeconds,
      evaluationSeconds: evaluationInterval ?? scrapeSeconds,
      labels: alertLabels ?? LABELS,
    };
  }
  if ([scrapeInterval, evaluationInterval, alertLabels].every((flag) => flag === undefined)) return undefined;
  throw usageError(
    '--scrape-interval, --evaluation-interval and --alert-labels are about --alert-rules, and it is not given',
    'name a rule file with --alert-rules',
  );
}

function interval(text: string): number {
  const value = seconds(text);
  if (value < SHORTEST || value > LONGEST) throw new InvalidArgumentError('expected a duration from 100ms to 1h');
  return value;
}

function labels(text: string): Readonly<Record<string, string>> {
  const pairs = text.split(',').map((pair) => /^([a-zA-Z_][a-zA-Z0-9_]*)=(.*)$/.exec(pair));
  if (pairs.includes(null)) throw new InvalidArgumentError('expected names and values, such as job=node,instance=gateway');
  return Object.fromEntries(pairs.map((pair) => [pair?.[1] ?? '', pair?.[2] ?? '']));
}
