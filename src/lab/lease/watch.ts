import { describeLimits, type Limits, readLimits, sameLimits } from '../host/limits.ts';

const INTERVAL_MS = 250;

/**
 * Watches the host's limits. `changed` resolves, never rejects, once two readings in a row differ from `expected` (a single one
 * may meet a repair in progress, which has a better message of its own).
 */
export function watchLimits(expected: Limits): Disposable & { readonly changed: Promise<string> } {
  let before = false;
  let timer: NodeJS.Timeout | undefined;
  const changed = new Promise<string>((resolve) => {
    timer = setInterval(() => {
      const now = readLimits();
      const differs = !sameLimits(now, expected);
      if (differs && before) {
        clearInterval(timer);
        resolve(`another process changed the limits from ${describeLimits(expected)} to ${describeLimits(now)}`);
      }
      before = differs;
    }, INTERVAL_MS).unref();
  });
  return { changed, [Symbol.dispose]: () => clearInterval(timer) };
}
