import { describe, expect, it } from 'vitest';
import { tcpSockets } from '../../../../src/load/agent/health.ts';
import { causeOfError, causeOfStatus } from '../../../../src/load/tally/failure.ts';

describe('causeOfError', () => {
  it.each([
    ['ETIMEDOUT', 'connect-timeout'],
    ['ECONNREFUSED', 'refused'],
    ['ECONNRESET', 'reset'],
    ['EADDRNOTAVAIL', 'ports-exhausted'],
    ['EADDRINUSE', 'ports-exhausted'],
    ['EMFILE', 'fds-exhausted'],
    ['ENFILE', 'fds-exhausted'],
    ['EHOSTUNREACH', 'unreachable'],
    ['ENETUNREACH', 'unreachable'],
    ['EPROTO', 'other'],
  ])('%s is %s', (code, cause) => {
    expect(causeOfError(Object.assign(new Error(code), { code }))).toBe(cause);
  });
});

describe('causeOfStatus', () => {
  it('takes 2xx as success, 5xx as the server’s failure and the rest as unexpected', () => {
    expect([200, 204, 301, 404, 500, 503].map(causeOfStatus)).toEqual([
      undefined,
      undefined,
      'other',
      'other',
      'http-5xx',
      'http-5xx',
    ]);
  });
});

describe('tcpSockets', () => {
  it('counts sockets in use and in TIME_WAIT', () => {
    const sockstat = 'sockets: used 170\nTCP: inuse 25 orphan 1 tw 40 alloc 60 mem 3\nUDP: inuse 2 mem 0\n';
    expect(tcpSockets(sockstat)).toBe(65);
  });
});
