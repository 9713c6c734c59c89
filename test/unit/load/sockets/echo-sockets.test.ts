import { expect, it } from 'vitest';
import { echoRequest, parseReply } from '../../../../src/load/sockets/echo-sockets.ts';

const ECHO = { identifier: 0x1234, sequence: 7, payload: Buffer.alloc(56) };

it('writes an echo request as RFC 792 and RFC 4443 have it', () => {
  const ipv4 = echoRequest('ipv4', ECHO);
  expect(ipv4.subarray(0, 8).toString('hex')).toBe('0800e5c412340007'); // the checksum as the kernel of 6.18 accepts it
  expect(ipv4).toHaveLength(64);
  expect(echoRequest('ipv6', ECHO).subarray(0, 8).toString('hex')).toBe('8000000012340007');
  expect(
    echoRequest('ipv4', { ...ECHO, payload: Buffer.from([1, 2, 3]) })
      .subarray(2, 4)
      .toString('hex'),
  ).toBe('e1c2');
});

it('takes a reply out of what a raw socket receives, and nothing else', () => {
  const header = Buffer.from('45000054b5d500004001c6d17f0000017f000001', 'hex');
  const reply = Buffer.concat([Buffer.from('0000edc412340007', 'hex'), Buffer.from('payload')]);
  expect(parseReply('ipv4', Buffer.concat([header, reply]))).toEqual({ ...ECHO, payload: Buffer.from('payload') });
  expect(parseReply('ipv6', Buffer.from('81006c4812340007', 'hex'))).toEqual({ ...ECHO, payload: Buffer.alloc(0) });
  expect(parseReply('ipv4', Buffer.concat([header, echoRequest('ipv4', ECHO)]))).toBeUndefined();
  expect(parseReply('ipv6', echoRequest('ipv6', ECHO))).toBeUndefined();
  expect(parseReply('ipv4', header)).toBeUndefined();
});
