/** One message between ctload and one of its programs: a JSON object on a line of its own, in either direction. */
export interface Message {
  readonly type: string;
}

/** The program has everything it needs to work. Sent once; some programs need a first command for it. */
export interface Ready extends Message {
  readonly type: 'ready';
}

/** What the program was asked to do failed; before `ready`, that it could not start. */
export interface Failed extends Message {
  readonly type: 'failed';
  readonly message: string;
}

/** The program still runs. Sent every ALIVE_SECONDS from its start to its end, and read by the protocol itself. */
export interface Alive extends Message {
  readonly type: 'alive';
}

export const ALIVE_SECONDS = 1;

/** `messages` as lines, each with its newline. */
export function encode(messages: readonly Message[]): string {
  return messages.map((message) => `${JSON.stringify(message)}\n`).join('');
}

/** The message in one line; undefined for an incomplete line, left by a process that was killed while it wrote. */
export function decode<M extends Message>(line: string): M | undefined {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
