import { ALERT_UTILIZATION, type AlertOutlook } from '../../model/result/series.ts';
import type { CapacityCourse } from '../log/capacity-course.ts';
import type { TableSample } from '../log/table-rows.ts';

/** Usual scrape intervals: kube-prometheus' 30 s lies between them. */
const SCRAPES = [15, 60];
/** Phases tried per second of the scrape interval. */
const PHASES_PER_SECOND = 100;

/** A counter keeps what it has risen by: a scrape after the end of the record shows it, too. */
const FOREVER = Number.POSITIVE_INFINITY;

type Rule = (sample: TableSample) => boolean;

/**
 * When the usual alerts would have shown something. A scrape samples one instant, at an unknown phase: every phase is tried.
 * Rule evaluation and notification delays come on top.
 * @param firstLostAt seconds; null when nothing was lost
 * @param end seconds; when the record ends
 */
export function alertOutlooks(
  { samples, capacity }: { readonly samples: Iterable<TableSample>; readonly capacity: Pick<CapacityCourse, 'at'> },
  firstLostAt: number | null,
  end: number,
): AlertOutlook[] {
  const full: Rule = ({ t, entries }) => entries / capacity.at(t) > ALERT_UTILIZATION;
  const dropped: Rule = ({ drop }) => drop > 0;
  return SCRAPES.flatMap((scrapeSeconds) => [
    { rule: 'utilization' as const, scrapeSeconds, ...outlook(trueSpans(samples, full, end), scrapeSeconds, firstLostAt) },
    { rule: 'drops' as const, scrapeSeconds, ...outlook(trueSpans(samples, dropped, FOREVER), scrapeSeconds, firstLostAt) },
  ]);
}

function outlook(
  spans: readonly Span[],
  scrape: number,
  firstLostAt: number | null,
): Omit<AlertOutlook, 'rule' | 'scrapeSeconds'> {
  const phases = scrape * PHASES_PER_SECOND;
  const seen: number[] = [];
  for (let phase = 0; phase < phases; phase++) {
    const t = firstScrapeIn(spans, phase / PHASES_PER_SECOND, scrape);
    if (t !== undefined) seen.push(t);
  }
  return {
    earliestSeconds: seen.length === 0 ? null : seen.reduce((a, b) => Math.min(a, b)),
    latestSeconds: seen.length === 0 ? null : seen.reduce((a, b) => Math.max(a, b)),
    seenShare: seen.length / phases,
    inTimeShare: firstLostAt === null ? null : seen.filter((t) => t < firstLostAt).length / phases,
  };
}

interface Span {
  readonly from: number;
  /** Exclusive. */
  readonly to: number;
}

/** When the rule held; a sample stands until the next. */
function trueSpans(samples: Iterable<TableSample>, rule: Rule, end: number): Span[] {
  const spans: Span[] = [];
  let from: number | undefined;
  for (const sample of samples) {
    if (rule(sample)) from ??= sample.t;
    else if (from !== undefined) {
      spans.push({ from, to: sample.t });
      from = undefined;
    }
  }
  if (from !== undefined) spans.push({ from, to: end });
  return spans;
}

/** The first of the scrapes at `phase`, `phase + scrape`, … that falls into a span. */
function firstScrapeIn(spans: readonly Span[], phase: number, scrape: number): number | undefined {
  for (const { from, to } of spans) {
    const t = phase + Math.max(0, Math.ceil((from - phase) / scrape)) * scrape;
    if (t < to) return t;
  }
  return undefined;
}
