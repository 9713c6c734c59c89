import { expect, it } from 'vitest';
import { answered, answerTo, queryOf } from '../../../../src/load/dns/message.ts';

const NAMED = { A: '192.0.2.1', AAAA: '2001:db8::1' };

it('a query is what resolvers send (RFC 1035)', () => {
  expect(queryOf(0x1234, 'a.test', 'A').toString('hex')).toBe('123401000001000000000000016104746573740000010001');
  expect(queryOf(1, 'a.test', 'AAAA').subarray(-4).toString('hex')).toBe('001c0001');
});

it('an answer has the question, and one record with the address', () => {
  const answer = answerTo(queryOf(7, 'a.test', 'AAAA'), NAMED) ?? Buffer.alloc(0);
  expect(answer.readUInt16BE(2)).toBe(0x8180);
  expect(answer.subarray(-16).toString('hex')).toBe('20010db8000000000000000000000001');
  expect(answered(answer)).toEqual({ id: 7, type: 'AAAA' });
  const a = answerTo(queryOf(65_535, 'a.test', 'A'), NAMED) ?? Buffer.alloc(0);
  expect([...a.subarray(-4)]).toEqual([192, 0, 2, 1]);
  expect(answered(a)).toEqual({ id: 65_535, type: 'A' });
});

it('anything else is no query and no answer', () => {
  const query = queryOf(7, 'a.test', 'A');
  for (const bytes of [Buffer.alloc(0), Buffer.alloc(12), Buffer.alloc(64, 255), query.subarray(0, 15), query.subarray(0, -1)]) {
    expect(answerTo(bytes, NAMED)).toBeUndefined();
    expect(answered(bytes)).toBeUndefined();
  }
  expect(answered(query)).toBeUndefined();
  const other = Buffer.from(query);
  other.writeUInt16BE(16, other.length - 4); // TXT
  expect(answerTo(other, NAMED)).toBeUndefined();
});
