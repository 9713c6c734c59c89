import { describe, expect, it } from 'vitest';
import type { MachineFacts } from '../../../../src/load/sizing/machine.ts';
import { requireResources } from '../../../../src/load/sizing/preflight.ts';
import { planProcesses } from '../../../../src/load/sizing/process-plan.ts';
import type { Flood } from '../../../../src/model/input/scenario.ts';
import { longFlood, shortFlood } from '../floods/floods.ts';

const MACHINE = { cpus: 2, descriptors: 20_000, files: 2_000_000, memoryBytes: 16 * 2 ** 30 };
const held = (connections: number) => [longFlood({ executor: 'constant-connections', connections, durationSeconds: 60 })];
const requireFor = (floods: readonly Flood[], machine: MachineFacts, most = Number.POSITIVE_INFINITY) =>
  requireResources(floods, { ...planProcesses(floods, machine), machine }, most);
const check =
  (connections: number, machine: Partial<MachineFacts> = {}, most?: number) =>
  () =>
    requireFor(held(connections), { ...MACHINE, ...machine }, most);

describe('requireResources', () => {
  it('lets pass what fits', () => {
    expect(check(250_000)).not.toThrow();
    expect(check(250_000, { memoryBytes: 5 * 2 ** 30 })).not.toThrow();
  });

  it('says how many connections the descriptors allow', () => {
    expect(check(500_000, { descriptors: 4096 })).toThrow(
      'cannot hold 500,000 connections: 64 backend processes with 4,096 descriptors each handle at most 245,760',
    );
  });

  it('says when the machine may not open so many files', () => {
    expect(check(250_000, { files: 400_000 })).toThrow(
      '250,000 connections need 500,000 sockets (both ends are on this machine); it can open only 400,000 more files',
    );
  });

  it('estimates the memory of both ends', () => {
    expect(check(250_000, { memoryBytes: 3 * 2 ** 30 })).toThrow(
      '250,000 connections need about 4.34 GiB of memory (both ends are on this machine); only 3 GiB is available',
    );
  });

  it('counts no more than the table lets in, and nothing that is not held', () => {
    expect(check(500_000, { memoryBytes: 8 * 2 ** 30, files: 60_000 }, 20_000)).not.toThrow();
    const short = [shortFlood({ executor: 'constant-arrival-rate', rate: 100_000, durationSeconds: 60 })];
    expect(() => requireFor(short, { ...MACHINE, files: 10 })).not.toThrow();
  });

  it('refuses more processes than there is memory for', () => {
    const short = [shortFlood({ executor: 'constant-arrival-rate', rate: 1_000_000, durationSeconds: 60 })];
    const limits = { ...MACHINE, descriptors: 1024, memoryBytes: 4 * 2 ** 30 };
    expect(() => requireFor(short, limits)).toThrow(
      'up to 400,000 unanswered attempts at once need 521 agents and 64 backends of about 19.1 GiB of memory; only 4 GiB is available',
    );
  });
});
