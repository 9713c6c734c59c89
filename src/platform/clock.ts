/** Seconds of CLOCK_MONOTONIC: on one kernel the same clock in every process (libuv uses it for hrtime). */
export type Clock = () => number;

export const monotonic: Clock = () => Number(process.hrtime.bigint()) / 1e9;

/** Resolves after `seconds`. The timer keeps the process alive. */
export function delay(seconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, Math.max(0, seconds * 1000)));
}

/**
 * Waits for `promise`, at most `seconds`; returns whether it was in time. Leaves no timer behind. @throws what `promise` rejects
 * with, in time.
 */
export async function within(promise: Promise<unknown>, seconds: number): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<false>((resolve) => {
    timer = setTimeout(() => resolve(false), seconds * 1000);
  });
  try {
    return await Promise.race([promise.then(() => true as const), late]);
  } finally {
    clearTimeout(timer);
  }
}

/** Polls `condition` every `intervalSeconds` until it holds; false when `timeoutSeconds` passed first. */
export async function until(
  condition: () => boolean | Promise<boolean>,
  timeoutSeconds: number,
  intervalSeconds = 0.02,
): Promise<boolean> {
  const deadline = monotonic() + timeoutSeconds;
  while (!(await condition())) {
    if (monotonic() >= deadline) return false;
    await delay(intervalSeconds);
  }
  return true;
}
