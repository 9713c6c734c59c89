import type { Readable } from 'node:stream';

const KEPT = 8192; // characters

/** Reads `stream` (UTF-8) to its end and keeps the last 8 k of it, which the function returned gives. */
export function tailOf(stream: Readable): () => string {
  let tail = '';
  stream.setEncoding('utf8').on('data', (text: string) => {
    tail = (tail + text).slice(-KEPT);
  });
  return () => tail;
}
