import { count, milliseconds, seconds } from '../../model/format.ts';
import { ALERT_UTILIZATION } from '../../model/result/series.ts';
import type { Styler } from '../text/layout.ts';
import { sparkline, type Trend } from '../text/sparkline.ts';

/** Where a run stands. */
export interface LiveState {
  /** `interrupted`, `stopping`: the load ends early, after Ctrl-C or for another reason. */
  readonly phase: 'load' | 'draining' | 'interrupted' | 'stopping';
  /** Seconds since the start of the load. */
  readonly t: number;
  readonly totalSeconds: number;
  readonly entries: number;
  /** 0 when the gateway's table cannot be read. */
  readonly max: number;
  /** Attempts started per second. */
  readonly rate: number;
  readonly failed: number;
  /** Packets that found no room in the table. */
  readonly drops: number;
  /** Packets that were dropped since their entry clashed with another one. */
  readonly clashed: number;
  /** The sample that showed the first dropped packet; null as long as there is none. */
  readonly firstDrop: { readonly t: number; readonly entries: number } | null;
  /** Of connecting; null before the first connection. */
  readonly p99Ms: number | null;
  readonly open: number;
}

export interface FrameOptions {
  readonly width: number;
  /** Lines there is room for. */
  readonly height: number;
  /** Whether the terminal has block characters. */
  readonly unicode: boolean;
  readonly paint: Styler;
}

const FULL = 0.95; // the share at which the kernel's garbage collector evicts closing connections early (gc_worker)
const SHORTEST_BAR = 10;
const LONGEST_BAR = 40;
const LINES = 5;

/** The live view's lines, none wider than `width`, no more than `height`. `trend`: entries over the time of the load. */
export function liveFrame(state: LiveState, trend: Trend, { width, height, unicode, paint }: FrameOptions): string[] {
  const known = state.max > 0;
  const used = known ? Math.min(1, state.entries / state.max) : 0;
  const figures = known ? ` ${count(state.entries)}/${count(state.max)} (${Math.floor(used * 100)} %)` : ' not monitored';
  const label = 'table ';
  const room = Math.min(LONGEST_BAR, width - label.length - figures.length - 2);
  const hasBar = known && room >= SHORTEST_BAR;
  const ink = used >= FULL ? 'red' : used >= ALERT_UTILIZATION ? 'yellow' : 'green';
  const course = sparkline(
    trend.columns(room).map((entries) => (known ? entries / state.max : 0)),
    unicode,
  );
  const p99 = state.p99Ms === null ? '-' : milliseconds(state.p99Ms);
  const losses = clip(`${count(state.failed)} failed  ${dropped(state, '  ', ' packets')}`, width);
  return [
    clip(`${phaseOf(state)}  ${clockOf(state.t)}, ${whatFollows(state)}`, width),
    hasBar ? `${label}[${drawBar(used, room, (text) => paint(ink, text))}]${figures}` : clip(label + figures.trimStart(), width),
    ...(hasBar && height >= LINES ? [`      [${paint(ink, course)}${' '.repeat(room - course.length)}]`] : []),
    clip(`${count(state.rate)} conn/s  ${count(state.open)} open  p99 ${p99}`, width),
    state.failed + state.drops + state.clashed > 0 ? paint('red', losses) : losses,
  ].slice(0, height);
}

/** The same on one plain line, for logs. */
export function livePlain(state: LiveState): string {
  const p99 = state.p99Ms === null ? '-' : milliseconds(state.p99Ms);
  const table = state.max > 0 ? `${count(state.entries)}/${count(state.max)} entries` : 'table not monitored';
  return `${clockOf(state.t)} ${phaseOf(state)}: ${table}, ${count(state.rate)} conn/s, ${count(state.open)} open, ${count(state.failed)} failed, ${dropped(state, ', ')}, p99 ${p99}, ${whatFollows(state)}`;
}

/** Announces the first dropped packet; whether it is the breaking point, the analysis decides. */
export function dropNews({ firstDrop, max }: LiveState): string | undefined {
  if (firstDrop === null) return undefined;
  const { t, entries } = firstDrop;
  return `${clockOf(t)} FIRST DROP by the kernel at ${seconds(t)}, ${count(entries)} of ${count(max)} entries`;
}

function dropped({ drops, clashed }: LiveState, separator: string, what = ''): string {
  return `${count(drops)}${what} dropped${clashed === 0 ? '' : `${separator}${count(clashed)} clashed`}`;
}

export function clip(text: string, width: number): string {
  return text.length <= width ? text : text.slice(0, Math.max(0, width));
}

function drawBar(used: number, length: number, ink: (text: string) => string): string {
  const filled = Math.round(used * length);
  return ink('#'.repeat(filled)) + '.'.repeat(length - filled);
}

function clockOf(t: number): string {
  const whole = Math.max(0, Math.floor(t));
  return `${String(Math.floor(whole / 60)).padStart(2, '0')}:${String(whole % 60).padStart(2, '0')}`;
}

function phaseOf({ phase }: LiveState): string {
  return phase === 'interrupted' ? 'stopping' : phase;
}

function whatFollows({ phase, t, totalSeconds }: LiveState): string {
  if (phase === 'interrupted') return 'waiting for open attempts; Ctrl-C again ends at once';
  if (phase === 'stopping') return 'waiting for open attempts';
  const left = Math.ceil(totalSeconds - Math.max(0, t));
  return left > 0 ? `${left} s left` : 'ending';
}
