import { eachLine } from '../../platform/lines.ts';

/**
 * The child's end of the NDJSON conversation: calls `onCommand` for every line on stdin and `onOrphaned` when stdin closes,
 * which means that the owner is gone.
 */
export function listenToOwner<Command>(onCommand: (command: Command) => void, onOrphaned: () => void): void {
  eachLine(process.stdin, (line) => onCommand(JSON.parse(line) as Command));
  process.stdin.on('close', onOrphaned);
}

export function tellOwner<Message>(message: Message): void {
  process.stdout.write(`${JSON.stringify(message)}\n`);
}
