import type { LiveState } from './live-frame.ts';

export interface LiveView {
  /** Shows `state`, no more often than an eye or a log needs, but the first drop and another phase at once; the newest state wins. */
  update(state: LiveState): void;
  /** Shows the last state and leaves it there. Safe to call twice; updates after it are ignored. */
  close(): void;
}

/** What a live view needs of a stream; process.stderr has it. */
export interface Screen {
  readonly isTTY?: boolean;
  readonly columns?: number;
  readonly rows?: number;
  write(text: string): unknown;
  on?(event: 'resize', listener: () => void): unknown;
  off?(event: 'resize', listener: () => void): unknown;
}
