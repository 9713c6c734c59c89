import { messageOf } from '../errors.ts';
import { eachLine } from '../lines.ts';
import { ALIVE_SECONDS, type Alive, encode, type Failed, type Message } from './protocol.ts';

/**
 * Reads commands as `readCommands`; by default the program exits at once when its owner is gone. From now on the owner also hears
 * that the program is alive, as long as it turns its event loop.
 */
export function listenToOwner<Command extends Message>(
  onCommand: (command: Command) => void,
  onOwnerGone: () => void = () => process.exit(),
): void {
  readCommands(onCommand, onOwnerGone);
  setInterval(() => sendToOwner<Alive>({ type: 'alive' }), ALIVE_SECONDS * 1000).unref();
}

/** Calls `onCommand` for every command of the owner, and `onOwnerGone` as `readLines`. */
export function readCommands<Command extends Message>(onCommand: (command: Command) => void, onOwnerGone: () => void): void {
  readLines((line) => onCommand(JSON.parse(line) as Command), onOwnerGone);
}

/** Calls `onLine` for every line of the owner's, and `onOwnerGone` once stdin ends: the owner closed it, or was killed. */
export function readLines(onLine: (line: string) => void, onOwnerGone: () => void): void {
  let gone = false;
  const leave = (): void => {
    if (gone) return;
    gone = true;
    onOwnerGone();
  };
  process.stdout.on('error', () => {}); // the owner no longer reads: stdin ends too
  process.stdin.on('error', () => {}); // 'close' follows
  process.stdin.on('end', leave).on('close', leave);
  eachLine(process.stdin, onLine);
}

/** Sends `messages` to the owner, in one write. */
export function sendToOwner<M extends Message>(...messages: readonly M[]): void {
  process.stdout.write(encode(messages));
}

/** Runs a step of the program's start. When it fails, the owner gets the reason and the program exits with code 1. */
export async function starting<T>(step: () => T | Promise<T>): Promise<T> {
  try {
    return await step();
  } catch (error) {
    sendToOwner(failure(error));
    process.exit(1);
  }
}

export function failure(error: unknown): Failed {
  return { type: 'failed', message: messageOf(error) };
}
