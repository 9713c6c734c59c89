import { expect, it } from 'vitest';
import { Services } from '../../../../src/session/watch/services.ts';

const line = (protocol: string, to: string, port: number) =>
  `ipv4     2 ${protocol}      6 119 TIME_WAIT src=10.1.0.1 dst=${to} sport=4000 dport=${port} src=10.2.0.2 dst=10.1.0.1 sport=${port} dport=4000 [ASSURED] mark=0 zone=0 use=2`;

it('names the services with the most entries, extrapolated to the table', () => {
  const services = new Services();
  for (let i = 0; i < 3; i++) services.add(line('tcp', '10.0.0.1', 443));
  for (let port = 1; port <= 6; port++) services.add(line('tcp', '10.0.0.9', port));
  services.add('damaged');
  expect(services.most(10)).toHaveLength(5);
  expect(services.most(10).slice(0, 2)).toEqual([
    { service: 'tcp 10.0.0.1:443', entries: 30 },
    { service: 'tcp 10.0.0.9:1', entries: 10 },
  ]);
});
