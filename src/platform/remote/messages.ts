/**
 * The message in one line of a conversation in NDJSON; undefined for the stump of a line, which a process leaves that is killed
 * while it writes.
 */
export function parseMessage<Message>(line: string): Message | undefined {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
