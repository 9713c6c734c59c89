/** What ctload asks of its process in a guest. `id` is the caller's number of a process, never used twice. */
export type GuestCommand =
  | {
      readonly type: 'spawn';
      readonly id: number;
      readonly argv: readonly string[];
      readonly env: Readonly<Record<string, string>>;
    }
  /** A line, or several, for the stdin of the process. */
  | { readonly type: 'input'; readonly id: number; readonly text: string }
  /** Closes its stdin. */
  | { readonly type: 'end'; readonly id: number }
  | { readonly type: 'kill'; readonly id: number; readonly signal: NodeJS.Signals }
  /** Asks for the guest's clock. */
  | { readonly type: 'time'; readonly id: number };

/** What it answers, besides `ready`. */
export type GuestReply =
  | { readonly type: 'output'; readonly id: number; readonly lines: readonly string[] }
  | {
      readonly type: 'exit';
      readonly id: number;
      readonly code: number | null;
      readonly signal: NodeJS.Signals | null;
      readonly stderr: string;
    }
  /** `at`: seconds of the guest's CLOCK_MONOTONIC. */
  | { readonly type: 'time'; readonly id: number; readonly at: number };
