/** Set (not CTLOAD_…: those are scenario keys) where a ctload on another machine runs this one, in a container of its engine. */
export const ON_ENGINE = '_CTLOAD_ON_ENGINE';

/** Seconds between two signs of life from there, and how long this one waits for one. */
export const ALIVE_SECONDS = 5;
const SILENCE_SECONDS = 60;

/** Whether this process runs on the machine of an engine for a ctload elsewhere. */
export function isOnEngine(): boolean {
  return process.env[ON_ENGINE] !== undefined;
}

/**
 * Calls `callback` when the ctload that this one runs for has ended, or is not heard from any more: stdin ends with the first, but a
 * network that is cut says nothing.
 */
export function onOwnerGone(callback: () => void): void {
  if (!isOnEngine()) return;
  const silence = setTimeout(callback, SILENCE_SECONDS * 1000).unref();
  process.stdin.on('data', () => silence.refresh());
  for (const event of ['end', 'close', 'error']) process.stdin.once(event, callback);
  (process.stdin as unknown as { unref?(): void }).unref?.();
}
