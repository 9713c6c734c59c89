import { isCounter } from '../../analysis/incident/rises.ts';
import type { Source } from '../../model/result/diagnosis.ts';
import type { Reading } from '../../model/timeline/captured.ts';
import { usageError } from '../../platform/errors.ts';
import { printableLine } from '../../platform/printable.ts';
import { FORMAT, nameOf } from '../../probe/captured/scrape.ts';
import { matcher, PrometheusApi, type Series, someOf } from './prometheus-api.ts';

/** node_exporter's names of what is judged. */
const METRICS =
  'node_nf_conntrack_.+|node_netstat_.+|node_sockstat_TCP_(inuse|tw)|node_ethtool_.+_allowance_(exceeded|available)';
const SHORTEST = 1; // seconds

export interface PrometheusRequest {
  readonly url: string;
  /** Seconds since 1970. */
  readonly from: number;
  readonly to: number;
  /** The label `instance` of the machine; undefined where there is only one. */
  readonly instance: string | undefined;
}

/** What Prometheus has of one machine. */
export interface PrometheusReadings {
  /** At the start of the range, at its end, and when the table was fullest. */
  readonly readings: readonly Reading[];
  readonly source: Source;
  readonly problems: readonly string[];
}

/**
 * Reads what a Prometheus has scraped of a machine in a range of time.
 * @throws {CtloadError} exit 2 for a range or machine without conntrack's series, 100 when it cannot be reached or is none.
 */
export async function readPrometheus({ url, from, to, instance }: PrometheusRequest): Promise<PrometheusReadings> {
  if (to - from < SHORTEST)
    throw usageError('--from has to be earlier than --to', 'e.g. --from 30m, or --from 2026-11-28T14:00:00Z');
  const api = new PrometheusApi(url);
  const range = `${Math.ceil(to - from)}s`;
  const machines = await api.query(`count by (instance, job) (count_over_time(node_nf_conntrack_entries[${range}]))`, to);
  const { job, ...machine } = chooseMachine(machines, { api, from, to, instance });
  const where = [`__name__=~"${METRICS}"`, matcher('instance', machine.instance), matcher('job', job)].join(',');
  const found = (await api.query(`{${where}}[${range}]`, to)).filter(({ labels }) => labels['netns'] === undefined);
  const file = `${api.name} instance ${printableLine(machine.instance)}`;
  const { first, last, restarted } = endsOf(found);
  const reading = (values: ReadonlyMap<string, number>): Reading => ({ format: FORMAT, file, values });
  return {
    readings: [first, last, fullest(found)].map(reading),
    source: { file: `${file}, ${isoOf(from)} to ${isoOf(to)}`, holds: [`${FORMAT} (2)`] },
    problems: [
      ...machine.problems,
      ...(restarted ? [`${file}: counters started again at 0 in this time; what they had counted before is left out`] : []),
    ],
  };
}

interface Choice extends Pick<PrometheusRequest, 'from' | 'to' | 'instance'> {
  readonly api: PrometheusApi;
}

function chooseMachine(found: readonly Series[], { api, from, to, instance }: Choice) {
  const all = found.map(({ labels }) => ({ instance: labels['instance'] ?? '', job: labels['job'] ?? '' }));
  const names = [...new Set(all.map((one) => one.instance))].sort();
  const between = `from ${isoOf(from)} to ${isoOf(to)}`;
  if (names.length === 0) {
    throw usageError(
      `${api.name} has no node_nf_conntrack_entries ${between}`,
      'scrape node_exporter with its conntrack collector (or ctload watch --listen), and name a time that Prometheus still keeps',
    );
  }
  if (instance === undefined && names.length > 1) {
    throw usageError(
      `${api.name} has ${names.length} machines ${between}: ${printableLine(someOf(names))}`,
      'choose one: --instance NAME',
    );
  }
  const chosen = instance ?? (names[0] as string);
  const jobs = [...new Set(all.filter((one) => one.instance === chosen).map(({ job }) => job))].sort();
  const [job] = jobs;
  if (job === undefined) {
    throw usageError(`${api.name} has no instance ${chosen} ${between}`, `there is ${printableLine(someOf(names))}`);
  }
  const problems =
    jobs.length > 1 ? [`${printableLine(chosen)} was scraped by several jobs (${someOf(jobs)}); read is ${job}`] : [];
  return { instance: chosen, job, problems };
}

/**
 * The first and the last value of every series. A counter that fell was started again: what it shows since then was counted in
 * this time, from 0.
 */
function endsOf(series: readonly Series[]) {
  const first = new Map<string, number>();
  const last = new Map<string, number>();
  let restarted = false;
  for (const { name, values } of named(series)) {
    const fell = isCounter(name) && values.some((value, index) => index > 0 && value < (values[index - 1] as number));
    restarted ||= fell;
    first.set(name, fell ? 0 : (values[0] as number));
    last.set(name, values.at(-1) as number);
  }
  return { first, last, restarted };
}

/** The most entries that a scrape saw, and the limit. */
function fullest(series: readonly Series[]): ReadonlyMap<string, number> {
  const most = named(series).filter(({ name }) => name === 'entries' || name === 'nf_conntrack_max');
  return new Map(most.map(({ name, values }) => [name, values.reduce((a, b) => Math.max(a, b))]));
}

function named(series: readonly Series[]): { readonly name: string; readonly values: readonly number[] }[] {
  return series.flatMap(({ labels, values }) => {
    const name = nameOf(labels['__name__'] ?? '', labels['device']);
    const numbers = values.map(([, value]) => Number(value)).filter(Number.isFinite);
    return name === undefined || numbers.length === 0 ? [] : [{ name, values: numbers }];
  });
}

function isoOf(seconds: number): string {
  return new Date(seconds * 1000).toISOString().replace(/\.000Z$/, 'Z');
}
