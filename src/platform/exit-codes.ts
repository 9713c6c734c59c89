/** Documented process exit codes. 0–110 follow k6 where the meaning is the same; never reused. */
export const ExitCode = {
  ok: 0,
  bug: 1,
  usage: 2,
  thresholds: 99,
  setup: 100,
  teardown: 101,
  invalidScenario: 104,
  aborted: 105,
  generatorBound: 111,
  hostUnfit: 112,
  notConverged: 113,
  regression: 114,
} as const;

export type ExitCode = (typeof ExitCode)[keyof typeof ExitCode];
