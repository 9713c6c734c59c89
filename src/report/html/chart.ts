import type { FailureCause } from '../../model/timeline/attempt.ts';

/** Colours by meaning; `style/theme.css` gives each a value in light and dark. */
export type Ink = 'blue' | 'amber' | 'violet' | 'teal' | 'green' | 'red' | 'pink' | 'brown' | 'slate' | 'orange' | 'text';

/** `stack` lies upon the stacked line before it; `area` is filled down to 0. */
export type LineStyle = 'stack' | 'area' | 'line' | 'dash';

export interface Line {
  readonly name: string;
  readonly ink: Ink;
  readonly style: LineStyle;
  readonly values: readonly (number | null)[];
}

/** Lines that share their times. `stepped`: a value holds from its time to the next. */
export interface Track {
  readonly t: readonly number[];
  readonly stepped: boolean;
  readonly lines: readonly Line[];
}

export type Unit = 'entries' | 'per-second' | 'milliseconds' | 'percent';

/** One chart over the time of the run; the static picture and the live one are drawn from it. */
export interface Chart {
  readonly id: string;
  readonly title: string;
  /** What is shown, in which unit. */
  readonly caption: string;
  readonly unit: Unit;
  readonly scale: 'linear' | 'log';
  /** Of the vertical axis. */
  readonly range: readonly [low: number, high: number];
  /** What lies beyond the range; absent when nothing does. */
  readonly note?: string;
  readonly tracks: readonly Track[];
}

/** Conntrack's states that mean something to everybody; any other is `slate`. */
const STATE_INKS: Readonly<Record<string, Ink>> = {
  TIME_WAIT: 'amber',
  ESTABLISHED: 'blue',
  SYN_SENT: 'violet',
  SYN_RECV: 'pink',
  CLOSE_WAIT: 'teal',
  FIN_WAIT: 'brown',
  LAST_ACK: 'orange',
  CLOSE: 'green',
};

const CAUSE_INKS: Readonly<Record<FailureCause, Ink>> = {
  'conntrack-full': 'red',
  'conntrack-evicted': 'pink',
  'hash-chains-full': 'brown',
  'snat-ports-exhausted': 'amber',
  'connect-timeout': 'orange',
  refused: 'violet',
  reset: 'pink',
  'http-5xx': 'brown',
  'response-timeout': 'amber',
  'listen-overflow': 'teal',
  'dropped-by-rule': 'violet',
  'ports-exhausted': 'slate',
  'upstream-ports-exhausted': 'slate',
  'fds-exhausted': 'slate',
  unreachable: 'violet',
  other: 'slate',
};

export function stateInk(state: string): Ink {
  return STATE_INKS[state] ?? 'slate';
}

export function causeInk(cause: FailureCause): Ink {
  return CAUSE_INKS[cause];
}
