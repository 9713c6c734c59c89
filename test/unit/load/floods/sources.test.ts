import { expect, it } from 'vitest';
import { TARGETS } from '../../../../src/lab/addresses.ts';
import { portsOfAll, sourceChooser } from '../../../../src/load/floods/sources.ts';
import { shortFlood, staleFlood } from './floods.ts';

const shape = { executor: 'constant-arrival-rate', rate: 10, durationSeconds: 1 } as const;
const abuser = { ...shortFlood(shape), sources: '198.18.130.0/31' };
const victim = { ...staleFlood(shape), sources: '198.18.130.1/32' };
const plain = shortFlood(shape);
const to = { address: '198.18.1.1', port: 80 };

it('never names a source twice towards one destination, whichever agents and floods take them', () => {
  const agents = 3;
  const floods = [abuser, plain, victim];
  const seen = [abuser, victim].flatMap((flood) =>
    Array.from({ length: agents }, (_, agent) => sourceChooser(flood, { floods, agent, agents })).flatMap((choose) =>
      Array.from({ length: 1000 }, () => choose(to)),
    ),
  );
  expect(new Set(seen.map(({ localAddress, localPort }) => `${localAddress}:${localPort}`)).size).toBe(6000);
  expect(new Set(seen.map(({ localAddress }) => localAddress))).toEqual(new Set(['198.18.130.0', '198.18.130.1']));
  expect(seen.every(({ localPort = 0 }) => localPort >= 1024 && localPort <= 65_535)).toBe(true);
});

it('comes round to other destinations: of one address, 64 × 64,511 connections are different', () => {
  const choose = sourceChooser(victim, { floods: [victim], agent: 0, agents: 1 });
  const ports = Array.from({ length: 64_512 }, () => choose(to).localPort);
  expect(new Set(ports).size).toBe(64_511);
  expect(ports.at(-1)).toBe(ports[0]);
  expect(64_511 % TARGETS.http.length).toBe(63);
});

it('leaves the source to the kernel where a flood has none of its own', () => {
  expect(sourceChooser(plain, { floods: [plain, abuser], agent: 0, agents: 1 })(to)).toBe(to);
  expect(portsOfAll([plain], TARGETS)).toBe(45_536);
  expect(portsOfAll([victim], TARGETS)).toBe(64_511);
  expect(portsOfAll([plain, abuser, victim], TARGETS)).toBe(45_536 + 3 * 32_255);
});
