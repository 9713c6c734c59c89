import { expect, it } from 'vitest';
import { LastResponse } from '../../../../src/load/http/last-response.ts';

const bytes = (text: string) => Buffer.from(text, 'latin1');
const OK = 'HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nok\n';

it('knows the status of the response that it remembers, byte for byte, and of no other', () => {
  const last = new LastResponse();
  expect(last.statusOf(bytes(OK))).toBeUndefined();
  expect(last.statusOf(bytes(''))).toBeUndefined();
  last.remember(bytes(OK), 200);
  expect(last.statusOf(bytes(OK))).toBe(200);
  expect(last.statusOf(bytes(OK.slice(0, -1)))).toBeUndefined();
  expect(last.statusOf(bytes(`${OK}.`))).toBeUndefined();
  for (let at = 0; at < OK.length; at++) {
    const other = bytes(OK);
    other.writeUInt8(other.readUInt8(at) ^ 1, at);
    expect(last.statusOf(other)).toBeUndefined();
  }
});

it('remembers the last one only, whatever becomes of its bytes', () => {
  const last = new LastResponse();
  const first = bytes(OK);
  last.remember(first, 200);
  first.fill(0);
  expect(last.statusOf(bytes(OK))).toBe(200);
  const next = OK.replace('200', '503'); // of the same length
  last.remember(bytes(next), 503);
  expect(last.statusOf(bytes(OK))).toBeUndefined();
  expect(last.statusOf(bytes(next))).toBe(503);
});

it('leaves a long one out, so that no time is lost in comparing it', () => {
  const last = new LastResponse();
  const long = `${OK}${'x'.repeat(5000)}`;
  last.remember(bytes(long), 200);
  expect(last.statusOf(bytes(long))).toBeUndefined();
});
