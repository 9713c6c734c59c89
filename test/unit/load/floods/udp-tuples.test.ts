import { describe, expect, it } from 'vitest';
import { UdpTuples } from '../../../../src/load/floods/udp-tuples.ts';
import type { DatagramSocket } from '../../../../src/load/sockets/datagram-socket.ts';
import { causeOfErrno } from '../../../../src/load/tally/failure.ts';

const TARGETS = { addresses: ['198.18.1.1', '198.18.1.2'], ports: { first: 1024, last: 1026 } };
const BYTES = Buffer.alloc(8);

/** Sends through `abreast` sources at a time; there are `most` of them. */
function sending(abreast: number, most: number, around?: number) {
  const flows: string[] = [];
  let opened = 0;
  const open = (): DatagramSocket => {
    if (opened === most) throw Object.assign(new Error('bind'), { code: 'EADDRINUSE' });
    const source = ++opened;
    return {
      send: (_, port, address) => void flows.push(`${source} ${address}:${port}`),
      receive: () => {},
      close: () => opened--,
    };
  };
  const tuples = new UdpTuples(TARGETS, abreast, open, around);
  return { tuples, flows, opened: () => opened };
}

describe('UdpTuples', () => {
  it.each([1, 2])('never sends from one source port to one destination twice, %i abreast', (abreast) => {
    const { tuples, flows } = sending(abreast, 4);
    for (let i = 0; i < 4 * 6; i++) expect(tuples.send(BYTES)).toBeUndefined();
    expect(new Set(flows).size).toBe(4 * 6);
    expect(new Set(flows.map((flow) => flow.split(' ')[1])).size).toBe(6);
  });

  it('opens source ports as they are needed, and says when there are none left', () => {
    const { tuples, opened } = sending(2, 4);
    expect(opened()).toBe(0);
    for (let i = 0; i < 12; i++) tuples.send(BYTES);
    expect(opened()).toBe(2);
    for (let i = 0; i < 12; i++) tuples.send(BYTES);
    expect(opened()).toBe(4);
    expect(causeOfErrno(tuples.send(BYTES) ?? '')).toBe('ports-exhausted');
    tuples.close();
    expect(opened()).toBe(0);
  });

  it('goes round as many flows as it is told', () => {
    const { tuples, flows } = sending(2, 2, 5);
    for (let i = 0; i < 15; i++) expect(tuples.send(BYTES)).toBeUndefined();
    expect(new Set(flows).size).toBe(5);
    expect(flows.slice(5, 10)).toEqual(flows.slice(0, 5));
  });

  it('makes do with fewer abreast than it wants', () => {
    const { tuples, flows } = sending(16, 3);
    for (let i = 0; i < 18; i++) expect(tuples.send(BYTES)).toBeUndefined();
    expect(new Set(flows).size).toBe(18);
    expect(tuples.send(BYTES)).toBe('EADDRINUSE');
  });
});
