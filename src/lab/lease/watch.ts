import { describeLimits, type Limits, readLimits, sameLimits } from '../host/limits.ts';

const INTERVAL_MS = 250;

/** A watch over the host's limits. Disposing ends it. */
export interface LimitsWatch extends Disposable {
  /** Resolves, never rejects, once the limits are not what they should be. */
  readonly changed: Promise<string>;
  /** What they should be from now on; several values while one is being replaced by another. */
  expect(...limits: readonly [Limits, ...Limits[]]): void;
}

/**
 * Watches the host's limits. `changed` resolves once two readings in a row differ from `expected` (a single one may meet a repair
 * in progress, which has a better message of its own).
 */
export function watchLimits(expected: Limits): LimitsWatch {
  let allowed: readonly [Limits, ...Limits[]] = [expected];
  let before = false;
  let timer: NodeJS.Timeout | undefined;
  const changed = new Promise<string>((resolve) => {
    timer = setInterval(() => {
      const now = readLimits();
      const differs = !allowed.some((limits) => sameLimits(now, limits));
      if (differs && before) {
        clearInterval(timer);
        resolve(`another process changed the limits from ${describeLimits(allowed[0])} to ${describeLimits(now)}`);
      }
      before = differs;
    }, INTERVAL_MS).unref();
  });
  return {
    changed,
    expect: (...limits) => {
      allowed = limits;
    },
    [Symbol.dispose]: () => clearInterval(timer),
  };
}
