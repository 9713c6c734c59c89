import type { ActionFacts } from '../timeline/action.ts';

/** An action that was carried out. */
export interface RunAction extends ActionFacts {
  /** When it began, in seconds since the start of the load. */
  readonly atSeconds: number;
}

/** When a table that broke took new connections again as before; where none did, when attempts succeeded again after the endpoints had gone. */
export interface Recovery {
  /**
   * From when on new connections succeeded as before the break, for the rest of the load, in seconds since its start and to 0.1 s;
   * null if they did not for at least a second of load.
   */
  readonly atSeconds: number | null;
  /** Seconds from the break to `atSeconds`; null without it. */
  readonly afterBreakSeconds: number | null;
  /** Seconds from the last action before `atSeconds` to it; null if there was none. */
  readonly afterActionSeconds: number | null;
  /** When the last attempt that was scheduled before `atSeconds` connected late, in seconds since the start of the load; null if none did. */
  readonly lastDelayedAtSeconds: number | null;
  /** Seconds at the end of the load in which new connections succeeded as before the break; less than one does not tell. */
  readonly lastSecondsAsBefore: number;
  /** Attempts scheduled from `atSeconds` on: the evidence. */
  readonly attemptsSince: number;
  /**
   * The longest time, of a second at least, in which new connections succeeded as before the break, and that came to an end; null
   * if there was none.
   */
  readonly relief: {
    /** Its start, in seconds since the start of the load. */
    readonly fromSeconds: number;
    /** Its end. */
    readonly untilSeconds: number;
  } | null;
}
