import type { Readable } from 'node:stream';

/**
 * Calls `onLine` for every line of `stream` (UTF-8, without the newline; a last unterminated line counts). What is
 * longer than `longest` characters comes in pieces.
 */
export function eachLine(stream: Readable, onLine: (line: string) => void, longest = Number.POSITIVE_INFINITY): void {
  let rest = '';
  stream.setEncoding('utf8');
  stream.on('data', (chunk: string) => {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) onLine(line);
    if (rest.length > longest) {
      onLine(rest);
      rest = '';
    }
  });
  stream.on('end', () => {
    if (rest !== '') onLine(rest);
    rest = '';
  });
}
