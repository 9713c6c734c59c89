import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryFolder } from './ctload.ts';

/** DNS through a gateway whose upstream takes 100 ms: a table of 1,024 entries evicts queries that are under way. */
const SLOW_UPSTREAM = `
version: 1
name: dns-slow-upstream
gateway: {conntrack: {max: 1024, method: sysctl}}
backend: {delay: 100ms}
floods:
  dns: {kind: udp, reply: true, executor: constant-arrival-rate, rate: 1600, duration: 3s, responseTimeout: 2s}
find: {measuringPeriod: 3s, confirmPeriod: 3s, deadline: 60s}
`;

/** Its file, removed when the test ends. */
export function slowUpstream(): string {
  const file = join(temporaryFolder(), 'scenario.yaml');
  writeFileSync(file, SLOW_UPSTREAM);
  return file;
}
