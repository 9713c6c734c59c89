import { count, percent } from '../../model/format.ts';
import { ALERT_UTILIZATION } from '../../model/result/series.ts';
import type { WatchedStates, WatchedTable, WatchSample } from '../../model/result/watch.ts';
import { formatDuration } from '../../model/units.ts';
import { printableLine } from '../../platform/printable.ts';
import { clip } from '../live/live-frame.ts';
import { figure } from '../plan/figure.ts';
import { type Styler, table } from '../text/layout.ts';

const FULL = 0.95; // the share at which the kernel's garbage collector evicts closing connections early (gc_worker)
const STATES = 4; // of a table that are named
const DAY = 86_400;
const FAR = 30 * DAY;
const SERVICES = 3; // of a table that are named
const LINES_AROUND = 9; // around the tables: heads, what is left out, states and services, the kernel's log

export interface WatchFrameOptions {
  readonly width: number;
  readonly height: number;
  readonly paint: Styler;
}

/** The view on a terminal: a row for every table with entries, as many as there is room for. */
export function watchFrame(sample: WatchSample, { width, height, paint }: WatchFrameOptions): string[] {
  const { t, limit, buckets, tables } = sample;
  const [own, ...others] = tables;
  const inUse = others.filter(isInUse);
  const shown = [...(own === undefined ? [] : [own]), ...inUse].slice(0, Math.max(1, height - LINES_AROUND));
  const rows = table([HEADINGS, ...shown.map((one) => cells(one, limit))], width, paint);
  const left = tables.length - shown.length;
  const lines = [
    `ctload watch  ${clockOf(sample)}, ${formatDuration(Math.round(t))}  limit ${count(limit)} entries per table, ${count(buckets)} buckets`,
    ...rows.map((row, index) => (index === 0 ? row : inkOf(shown[index - 1], paint)(row))),
    ...(left === 0
      ? []
      : [`  and ${count(left)} more, ${count(left - inUse.length + shown.length - 1)} of them without entries`]),
    ...unreadableText(sample).map((text) => `  ${text}`),
    ...shown
      .filter(({ states }) => states !== null)
      .slice(0, 2)
      .flatMap(({ name, states }) =>
        [statesText(states), ...servicesText(states)].map((text) => `  ${printableLine(name)}: ${text}`),
      ),
    ...allowanceTexts(sample).map((text) => `  ${text}`),
    ...logText(sample).map((text) => `  ${text}`),
  ];
  return lines.map((line) => (line.length > width && !line.includes('\x1b') ? clip(line, width) : line)).slice(0, height);
}

/** The same for logs: a line for every table with entries. */
export function watchLines(sample: WatchSample): string[] {
  const { limit, tables } = sample;
  const time = clockOf(sample);
  return [
    ...tables
      .filter((one, index) => index === 0 || isInUse(one))
      .map((one) => `${time} ${printableLine(one.name)}: ${sentence(one, limit)}`),
    ...unreadableText(sample).map((text) => `${time} ${text}`),
    ...allowanceTexts(sample).map((text) => `${time} ${text}`),
    ...logText(sample).map((text) => `${time} ${text}`),
  ];
}

function isInUse({ entries, since }: WatchedTable): boolean {
  return entries > 0 || since.drop + since.earlyDrop + since.insertFailed > 0;
}

const HEADINGS = ['table', 'entries', 'used', 'per second', 'full in', 'dropped', 'evicted', 'insert failed'];

function cells(one: WatchedTable, limit: number): string[] {
  const { name, entries, slope, since } = one;
  return [
    printableLine(name),
    count(entries),
    percent(entries / limit),
    slope === null ? '-' : signed(slope),
    fullIn(one.secondsToFull) ?? '-',
    ...[since.drop, since.earlyDrop, since.insertFailed].map(count),
  ];
}

function sentence(one: WatchedTable, limit: number): string {
  const { entries, slope, since } = one;
  const soon = fullIn(one.secondsToFull);
  return [
    `${count(entries)}/${count(limit)} entries (${percent(entries / limit)})`,
    ...(slope === null ? [] : [`${signed(slope)} per second`]),
    ...(soon === undefined ? [] : [soon === 'now' ? 'full' : `full in ${soon}`]),
    `${count(since.drop)} dropped, ${count(since.earlyDrop)} evicted, ${count(since.insertFailed)} not inserted`,
  ].join(', ');
}

function inkOf(one: WatchedTable | undefined, paint: Styler): (text: string) => string {
  const used = one?.utilization ?? 0;
  if (used >= FULL || (one?.since.drop ?? 0) > 0) return (text) => paint('red', text);
  return used >= ALERT_UTILIZATION ? (text) => paint('yellow', text) : (text) => text;
}

function fullIn(seconds: number | null): string | undefined {
  if (seconds === null) return undefined;
  if (seconds === 0) return 'now';
  if (seconds >= FAR) return '>30 d';
  if (seconds >= DAY) return `${(seconds / DAY).toFixed(1)} d`;
  return formatDuration(seconds >= 3600 ? Math.round(seconds / 60) * 60 : Math.ceil(seconds));
}

function signed(slope: number): string {
  const rounded = Math.abs(slope) < 0.005 ? 0 : slope;
  return `${rounded > 0 ? '+' : rounded < 0 ? '−' : ''}${figure(Math.abs(rounded))}`;
}

function statesText(states: WatchedStates | null): string {
  const { byState = {}, sampled = 0 } = states ?? {};
  const all = Object.values(byState).reduce((sum, entries) => sum + entries, 0);
  const most = Object.entries(byState).sort(([, a], [, b]) => b - a);
  return `${most
    .slice(0, STATES)
    .map(([state, entries]) => `${state} ${percent(entries / all)}`)
    .join(', ')} (${count(sampled)} entries looked at)`;
}

function servicesText(states: WatchedStates | null): string[] {
  const { byState = {}, services = [] } = states ?? {};
  const all = Object.values(byState).reduce((sum, entries) => sum + entries, 0);
  const most = services.slice(0, SERVICES).map(({ service, entries }) => `${printableLine(service)} ${percent(entries / all)}`);
  return most.length === 0 ? [] : [`most go to ${most.join(', ')}`];
}

/** It is never mixed with the tables: nf_conntrack_max does not raise it. */
function allowanceTexts({ allowances }: WatchSample): string[] {
  return allowances.map(({ device, available, exceeded, exceededSince }) => {
    const subject = `EC2 allowance of ${printableLine(device)} (tracking of security groups, not these tables)`;
    if (exceeded === null) return `${subject}: not readable; it needs ethtool`;
    const left = available === null ? 'connections left unknown' : `${count(available)} connections left`;
    return `${subject}: ${left}, ${count(exceededSince ?? 0)} packets dropped`;
  });
}

function unreadableText({ unreadable, othersHidden }: WatchSample): string[] {
  return [
    ...(unreadable.length === 0 ? [] : [`not readable: ${unreadable.map(printableLine).join(', ')}`]),
    ...(othersHidden ? ['network namespaces of other processes are not visible to this user; run it as root'] : []),
  ];
}

function logText({ tableFullLogLines: lines }: WatchSample): string[] {
  return lines === null || lines === 0 ? [] : [`kernel log: ${count(lines)} × "table full"`];
}

function clockOf({ at }: WatchSample): string {
  return `${at.slice(11, 19)} UTC`;
}
