/** A stage changes the level linearly from the previous one to `target`. */
export interface Stage {
  /** Duration of the stage, seconds. */
  readonly durationSeconds: number;
  /** Arrivals per second, or held connections, at the end of the stage. */
  readonly target: number;
}

interface Lasting {
  /** Duration of the flood, seconds. */
  readonly durationSeconds: number;
}

interface Staged {
  /** Stages, one after the other. */
  readonly stages: readonly Stage[];
}

interface Counted {
  /** Number of connections. */
  readonly connections: number;
}

/** The shapes with arrivals per second (open model). */
export type ArrivalExecutor =
  | (Lasting & {
      readonly executor: 'constant-arrival-rate';
      /** Arrivals per second. */
      readonly rate: number;
    })
  | (Staged & {
      readonly executor: 'ramping-arrival-rate';
      /** Arrivals per second before the first stage. */
      readonly startRate: number;
    })
  | (Counted & { readonly executor: 'burst' });

/** The shapes that keep a number of connections open. */
export type HeldExecutor =
  | (Counted & Lasting & { readonly executor: 'constant-connections' })
  | (Staged & {
      readonly executor: 'ramping-connections';
      /** Held connections before the first stage. */
      readonly startConnections: number;
    });

/** Seconds from a flood's own start to its last scheduled arrival or change of level; 0 for a burst. */
export function shapeSeconds(shape: ArrivalExecutor | HeldExecutor): number {
  switch (shape.executor) {
    case 'constant-arrival-rate':
    case 'constant-connections':
      return shape.durationSeconds;
    case 'ramping-arrival-rate':
    case 'ramping-connections':
      return shape.stages.reduce((sum, stage) => sum + stage.durationSeconds, 0);
    case 'burst':
      return 0;
  }
}
