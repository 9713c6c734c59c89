import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { RunningShortFlood } from '../../../../src/load/floods/short-flood.ts';
import type { LoadCount } from '../../../../src/load/protocol/messages.ts';
import type { Close } from '../../../../src/model/input/scenario.ts';
import { monotonic } from '../../../../src/platform/clock.ts';
import { shortFlood } from './floods.ts';

const REQUESTS = 5;
const OK = 'HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 3\r\n\r\nok\n';

const BEHAVIOURS: readonly (readonly [name: string, (peer: Socket) => void, outcome: object])[] = [
  ['answers', (peer) => peer.end(OK), { succeeded: REQUESTS }],
  ['answers and does not close', (peer) => peer.write(OK), { succeeded: REQUESTS }],
  ['answers that it cannot', (peer) => peer.end(OK.replace('200 OK', '503 No')), { failed: { 'http-5xx': REQUESTS } }],
  ['answers that there is nothing', (peer) => peer.end(OK.replace('200 OK', '404 No')), { failed: { other: REQUESTS } }],
  ['resets', (peer) => peer.resetAndDestroy(), { failed: { reset: REQUESTS } }],
  ['closes', (peer) => peer.end(), { failed: { reset: REQUESTS } }],
  ['closes half way', (peer) => peer.end(OK.slice(0, -1)), { failed: { reset: REQUESTS } }],
  ['says nothing', () => {}, { failed: { 'response-timeout': REQUESTS } }],
  ['stops half way', (peer) => peer.write(OK.slice(0, -1)), { failed: { 'response-timeout': REQUESTS } }],
];

type Counts = Readonly<Record<string, number | Readonly<Record<string, number>>>>;

/** Adds up the counts of two buckets: on a busy machine a burst ends in a later one than it began in. */
function addLoad(sum: Counts, { flood: _, bucket: __, firstBadAt: ___, ...counts }: LoadCount): Counts {
  return addCounts(sum, counts as Counts);
}

function addCounts(a: Counts, b: Counts): Counts {
  const sums = Object.entries(b).map(([key, value]): [string, Counts[string]] => {
    const before = a[key];
    if (typeof value === 'number') return [key, (typeof before === 'number' ? before : 0) + value];
    return [key, addCounts(typeof before === 'object' ? before : {}, value) as Readonly<Record<string, number>>];
  });
  return { ...a, ...Object.fromEntries(sums) };
}

describe.each(['direct', 'undici'] as const)('a short flood by client: %s', (client) => {
  let server: Server;
  let behave: (peer: Socket) => void;
  let peers: Socket[];

  beforeEach(async () => {
    peers = [];
    server = createServer({ allowHalfOpen: true }, (peer) => {
      peers.push(peer.on('error', () => {}));
      peer.once('data', () => behave(peer));
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
  });
  afterEach(() => {
    for (const peer of peers) peer.destroy();
    server.close();
  });

  /** A burst, run to its end or to `until`. */
  async function run(close: Close, until?: (flood: RunningShortFlood) => boolean) {
    const epoch = monotonic();
    const clock = () => monotonic() - epoch;
    const http = [{ address: '127.0.0.1', port: (server.address() as AddressInfo).port }];
    const spec = { ...shortFlood({ executor: 'burst', connections: REQUESTS }), client, close, responseTimeoutSeconds: 0.5 };
    const ports = { first: 1, last: 65_535 };
    const none = { addresses: [], ports };
    const udp = { answered: none, unanswered: none };
    const targets = { http, stale: [], halfOpen: [], udp, ephemeralPorts: ports, stalePorts: ports };
    const context = { agent: 0, agents: 1, seed: 0, floods: [spec], targets, synSchedule: [0], clock, dueAt: clock };
    const flood = new RunningShortFlood(spec, 0, context);
    while (flood.scheduled || flood.inFlight) {
      flood.tick(clock());
      if (until?.(flood)) flood.close(clock());
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
    const counts = flood.tally.takeLoads().reduce(addLoad, {});
    return { counts, phases: flood.tally.takeSlices().map(({ phase }) => phase), open: flood.tally.open, flood };
  }

  const all = { attempted: REQUESTS, connected: REQUESTS };

  if (client === 'direct')
    it('keeps connections that the server has closed until it is over, with close: half', async () => {
      behave = (peer) => peer.end(OK);
      let ended = 0;
      server.on('connection', (peer) => peer.on('end', () => ended++));
      const { counts, open, flood } = await run('half');
      expect(counts).toMatchObject({ ...all, succeeded: REQUESTS });
      expect(open).toBe(REQUESTS);
      await new Promise((resolve) => setTimeout(resolve, 50));
      expect(ended).toBe(0);
      flood.close(0);
      expect(flood.tally.open).toBe(0);
      await vi.waitFor(() => expect(ended).toBe(REQUESTS), { timeout: 20_000 });
    });

  it.each(BEHAVIOURS)('counts what came of it when the server %s', async (_, behaviour, outcome) => {
    behave = behaviour;
    for (const close of ['fin', 'rst'] as const) {
      expect(await run(close)).toMatchObject({ counts: { ...all, ...outcome }, open: 0 });
    }
  });

  it('times every phase', async () => {
    behave = (peer) => peer.end(OK);
    const { phases } = await run('fin');
    expect(phases.sort()).toEqual(['connecting', 'duration', 'duration_uncorrected', 'schedule_lag', 'waiting']);
  });

  it('counts what was interrupted, and nothing of it afterwards', async () => {
    behave = () => {};
    const { counts, open } = await run('fin', (flood) => flood.tally.open === REQUESTS);
    expect(counts).toEqual({ ...all, interrupted: REQUESTS });
    expect(open).toBe(0);
  });
});
