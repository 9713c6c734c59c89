import { count, milliseconds } from './format.ts';
import type { Paint } from './layout.ts';

/** Where a run stands. */
export interface LiveState {
  readonly phase: string;
  /** Seconds since the start of the load. */
  readonly t: number;
  readonly totalSeconds: number;
  readonly entries: number;
  readonly max: number;
  /** Attempts begun a second. */
  readonly rate: number;
  readonly failed: number;
  readonly drops: number;
  /** Of connecting; null before the first connection. */
  readonly p99Ms: number | null;
  readonly open: number;
}

const FULL = 0.95; // the share at which the kernel's garbage collector itself gets nervous (gc_worker)
const HIGH = 0.75; // where node-mixin's NodeHighNumberConntrackEntriesUsed fires
const SHORTEST_BAR = 10;
const LONGEST_BAR = 40;

/** The live view's lines, none wider than `width`. */
export function liveFrame(state: LiveState, width: number, paint: Paint): string[] {
  const used = state.max === 0 ? 0 : Math.min(1, state.entries / state.max);
  const figures = ` ${count(state.entries)}/${count(state.max)} (${Math.floor(used * 100)} %)`;
  const label = 'table ';
  const room = width - label.length - figures.length - 2;
  const bar = room >= SHORTEST_BAR ? `[${drawBar(used, Math.min(LONGEST_BAR, room), paint)}]` : '';
  const head = `${state.phase}  ${clockOf(state.t)}, ${timeLeft(state)}`;
  return [
    clip(head, width),
    bar === '' ? clip(label + figures.trimStart(), width) : label + bar + figures,
    clip(
      `${count(state.rate)} conn/s  ${count(state.open)} open  p99 ${state.p99Ms === null ? '-' : milliseconds(state.p99Ms)}`,
      width,
    ),
    state.failed + state.drops > 0 ? paint('red', clip(lossLine(state), width)) : clip(lossLine(state), width),
  ];
}

/** The same on one plain line, for logs. */
export function livePlain(state: LiveState): string {
  const p99 = state.p99Ms === null ? '-' : milliseconds(state.p99Ms);
  return `${clockOf(state.t)} ${state.phase}: ${state.entries}/${state.max} entries, ${count(state.rate)} conn/s, ${state.open} open, ${state.failed} failed, ${state.drops} dropped, p99 ${p99}, ${timeLeft(state)}`;
}

function lossLine(state: LiveState): string {
  return `${count(state.failed)} failed  ${count(state.drops)} packets dropped`;
}

function drawBar(used: number, length: number, paint: Paint): string {
  const filled = Math.round(used * length);
  const ink = used >= FULL ? 'red' : used >= HIGH ? 'yellow' : 'green';
  return paint(ink, '#'.repeat(filled)) + '.'.repeat(length - filled);
}

function clockOf(t: number): string {
  const whole = Math.max(0, Math.floor(t));
  return `${String(Math.floor(whole / 60)).padStart(2, '0')}:${String(whole % 60).padStart(2, '0')}`;
}

function timeLeft({ t, totalSeconds }: LiveState): string {
  const left = Math.ceil(totalSeconds - Math.max(0, t));
  return left > 0 ? `${left} s left` : 'ending';
}

function clip(text: string, width: number): string {
  return text.length <= width ? text : text.slice(0, Math.max(0, width));
}
