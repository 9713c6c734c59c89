import { describe, expect, it } from 'vitest';
import { requireResources } from '../../../../src/load/sizing/preflight.ts';
import { longFlood, shortFlood } from '../floods/floods.ts';

const MACHINE = { cpus: 2, descriptors: 20_000, files: 2_000_000, memoryBytes: 16 * 2 ** 30 };
const held = (connections: number) => [longFlood({ executor: 'constant-connections', connections, durationSeconds: 60 })];
const check =
  (connections: number, machine: Partial<typeof MACHINE> = {}, most = Number.POSITIVE_INFINITY) =>
  () =>
    requireResources(held(connections), { ...MACHINE, ...machine }, most);

describe('requireRoom', () => {
  it('lets pass what fits', () => {
    expect(check(250_000)).not.toThrow();
    expect(check(250_000, { memoryBytes: 5 * 2 ** 30 })).not.toThrow();
  });

  it('says how many connections the descriptors allow', () => {
    expect(check(500_000, { descriptors: 4096 })).toThrow(
      '500,000 connections cannot be held: 64 backend processes, each allowed 4,096 descriptors, take 245,760',
    );
  });

  it('says when the machine may not open so many files', () => {
    expect(check(250_000, { files: 400_000 })).toThrow(
      '250,000 connections have 500,000 sockets here, and this machine may open 400,000 more files',
    );
  });

  it('estimates the memory of both ends', () => {
    expect(check(250_000, { memoryBytes: 3 * 2 ** 30 })).toThrow(
      '250,000 connections, both ends of them here, take about 4.3 GiB, and 3.0 GiB of memory are available',
    );
  });

  it('counts no more than the table lets in, and nothing that is not held', () => {
    expect(check(500_000, { memoryBytes: 8 * 2 ** 30, files: 60_000 }, 20_000)).not.toThrow();
    const short = [shortFlood({ executor: 'constant-arrival-rate', rate: 100_000, durationSeconds: 60 })];
    expect(() => requireResources(short, { ...MACHINE, files: 10 }, Number.POSITIVE_INFINITY)).not.toThrow();
  });

  it('refuses more processes than there is memory for', () => {
    const short = [shortFlood({ executor: 'constant-arrival-rate', rate: 1_000_000, durationSeconds: 60 })];
    const limits = { ...MACHINE, descriptors: 1024, memoryBytes: 4 * 2 ** 30 };
    expect(() => requireResources(short, limits, Number.POSITIVE_INFINITY)).toThrow(
      '400,000 attempts at once, should nobody answer, need 521 agents and 64 backends of about 19.1 GiB, and 4.0 GiB of memory are available',
    );
  });
});
