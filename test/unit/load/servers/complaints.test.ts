import { expect, it } from 'vitest';
import { Complaints, complaintIn, OTHERS } from '../../../../src/load/servers/complaints.ts';

it.each([
  [
    '2026/11/28 06:25:01 [crit] 12#12: *45 connect() to 198.19.1.3:8080 failed (99: Cannot assign requested address) while connecting to upstream, client: 198.18.0.2, server: , request: "GET / HTTP/1.1", upstream: "http://198.19.1.3:8080/", host: "198.18.1.3"',
    'connect() failed (99: Cannot assign requested address) while connecting to upstream',
  ],
  [
    '2026/11/28 06:25:01 [error] 12#12: *45 upstream timed out (110: Connection timed out) while connecting to upstream, client: 198.18.0.2',
    'upstream timed out (110: Connection timed out) while connecting to upstream',
  ],
  ['2026/11/28 06:25:01 [alert] 12#12: 4096 worker_connections are not enough', '4096 worker_connections are not enough'],
  ['Connect() failed for backend back: no free ports.', 'Connect() failed for backend back: no free ports.'],
  [
    '198.18.0.2:40382 [28/Nov/2026:06:25:01.123] front back/one 0/0/-1/-1/5003 503 217 - - sC-- 1/1/0/0/3 0/0 "GET / HTTP/1.1"',
    'status 503, termination state sC--',
  ],
  [
    '198.18.0.2:40382 [28/Nov/2026:06:25:01.123] front back/one 0/0/1001/1/1002 200 70 - - ---- 1/1/0/0/+1 0/0 "GET / HTTP/1.1"',
    undefined,
  ],
  ['2026/11/28 07:10:40 [emerg] 31#31: initgroups(root, 0) failed (1: Operation not permitted)', undefined],
  ['[NOTICE]   (12) : New worker', undefined],
  ['', undefined],
])('%s', (line, said) => {
  expect(complaintIn(line)).toBe(said);
});

it('counts alike ones together, and what is too varied as one', () => {
  const complaints = new Complaints();
  for (let i = 0; i < 3; i++) complaints.add(`2026/11/28 06:25:0${i} [error] 1#1: *${i} failed, client: 10.0.0.${i}`);
  for (let i = 0; i < 100; i++) complaints.add(`said ${i}`);
  const { counts } = complaints;
  expect(counts['failed']).toBe(3);
  expect(Object.keys(counts).length).toBeLessThan(40);
  expect(counts[OTHERS]).toBeGreaterThan(50);
});
