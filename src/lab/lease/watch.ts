import { describeLimits, type Limits, readLimits, sameLimits } from '../host/limits.ts';

const INTERVAL_MS = 250;

/**
 * Watches the host's limits. `changed` resolves, never rejects, once they have differed from `expected` at two looks in a row
 * (one look may meet a repair in progress, which has its own, better message).
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
        resolve(`somebody changed the limits from ${describeLimits(expected)} to ${describeLimits(now)}`);
      }
      before = differs;
    }, INTERVAL_MS).unref();
  });
  return { changed, [Symbol.dispose]: () => clearInterval(timer) };
}
