import fc from 'fast-check';
import { expect, it } from 'vitest';
import { ResponseReader } from '../../../../src/load/http/response-reader.ts';
import { cutAt, property } from '../../../fixtures/property.ts';

const token = fc.stringMatching(/^[A-Za-z][A-Za-z0-9-]{0,15}$/);
const value = fc.stringMatching(/^[!-~]([ -~]{0,30}[!-~])?$/);
const body = fc.stringMatching(/^[ -~\r\n]{0,200}$/);
const places = fc.array(fc.nat(2000), { maxLength: 12 });
const RESERVED = /^(content-length|transfer-encoding|connection|upgrade)$/i;
const headers = fc.array(fc.tuple(token, value), { maxLength: 6 }).map((list) =>
  list
    .filter(([name]) => !RESERVED.test(name))
    .map(([name, text]) => `${name}: ${text}\r\n`)
    .join(''),
);

function fed(text: string, cuts: readonly number[]): readonly [last: string | undefined, before: Set<string>, status: number] {
  const reader = new ResponseReader();
  const said: string[] = [];
  for (const part of cutAt(text, cuts)) {
    said.push(reader.read(Buffer.from(part, 'latin1')));
    if (said.at(-1) !== 'more') break;
  }
  return [said.at(-1), new Set(said.slice(0, -1)), reader.status];
}

it(
  'reads a response with a length the same however it is cut',
  property([fc.integer({ min: 200, max: 599 }), headers, body, places], (status, lines, text, cuts) => {
    const length = status === 204 || status === 304 ? '' : text;
    const whole = `HTTP/1.1 ${status} x\r\n${lines}Content-Length: ${length.length}\r\n\r\n${length}`;
    const [last, before, read] = fed(whole, cuts);
    expect([last, read]).toEqual(['complete', status]);
    expect([...before].every((word) => word === 'more')).toBe(true);
  }),
);

it(
  'reads a response in chunks the same however it is cut',
  property(
    [
      headers,
      fc.array(
        body.filter((text) => text !== ''),
        { maxLength: 6 },
      ),
      places,
    ],
    (lines, chunks, cuts) => {
      const parts = [...chunks, ''].map((chunk) => `${chunk.length.toString(16)}\r\n${chunk}${chunk === '' ? '' : '\r\n'}`);
      expect(fed(`HTTP/1.1 200 OK\r\n${lines}Transfer-Encoding: chunked\r\n\r\n${parts.join('')}\r\n`, cuts)[0]).toBe('complete');
    },
  ),
);

it(
  'says one of three words to any bytes',
  property([fc.array(fc.uint8Array({ minLength: 1, maxLength: 300 }), { minLength: 1, maxLength: 5 })], (parts) => {
    const reader = new ResponseReader();
    for (const part of parts) {
      const said = reader.read(Buffer.from(part));
      expect(['more', 'complete', 'malformed']).toContain(said);
      if (said !== 'more') break;
    }
  }),
);
