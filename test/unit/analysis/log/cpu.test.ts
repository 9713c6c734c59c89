import { describe, expect, it } from 'vitest';
import { busyWithin, gatewayCpuShare, othersCpuShare } from '../../../../src/analysis/log/cpu.ts';
import type { HostRecord } from '../../../../src/model/timeline/sample.ts';
import { recordedVisibility, visibilityOf } from '../../../../src/model/timeline/visibility.ts';

const BUSY = { cpuShare: 1, ctloadShare: 0.2, softirqShare: 0.1 };
const NETNS = visibilityOf('netns', 'iptables');

describe("the gateway's CPU on a kernel that others share", () => {
  it('is at most softirq and its own processes, whatever other programs take', () => {
    expect(gatewayCpuShare(NETNS, BUSY)).toBe(0.1);
    expect(gatewayCpuShare(visibilityOf('netns', 'proxy'), { ...BUSY, gatewayShare: 0.3 })).toBe(0.4);
    expect(gatewayCpuShare(visibilityOf('docker', 'nftables'), BUSY)).toBe(0.1);
  });

  it('is at most what ctload did not use where its own processes are not known', () => {
    expect(gatewayCpuShare(visibilityOf('docker', 'proxy'), BUSY)).toBe(0.8);
    expect(gatewayCpuShare(visibilityOf('external', 'unknown'), BUSY)).toBe(0.8);
    expect(gatewayCpuShare(visibilityOf('external', 'unknown'), { ...BUSY, ctloadShare: 0.95 })).toBe(0.1);
  });

  it('is that too in records made before the CPU time of a proxy was counted', () => {
    const recorded = recordedVisibility({ environment: { driver: 'netns' }, lab: { dataplane: 'proxy' } });
    expect(gatewayCpuShare(recorded, BUSY)).toBe(0.8);
    expect(othersCpuShare(recorded, BUSY)).toBeUndefined();
  });
});

describe('what other programs took', () => {
  it('is what neither ctload, nor softirq, nor the gateway accounts for', () => {
    expect(othersCpuShare(NETNS, BUSY)).toBeCloseTo(0.7);
    expect(othersCpuShare(NETNS, { ...BUSY, gatewayShare: 0.3 })).toBeCloseTo(0.4);
    expect(othersCpuShare(NETNS, { ...BUSY, ctloadShare: 0.95 })).toBe(0);
  });

  it('is unknown where some of the lab would be taken for it', () => {
    expect(othersCpuShare(visibilityOf('docker', 'iptables'), BUSY)).toBeUndefined();
    expect(othersCpuShare(visibilityOf('external', 'unknown'), BUSY)).toBeUndefined();
  });
});

describe('means over a time', () => {
  const record = (t: number, cpuShare: number): HostRecord => ({
    ...BUSY,
    type: 'host',
    t,
    cpuShare,
    memoryShare: 0.1,
    memoryAvailableBytes: 1e9,
  });

  it('weigh each record with the part of its time that lies within', () => {
    const busy = busyWithin([record(0, 9), record(1, 0.2), record(3, 0.8)], 0.5, 2.5);
    expect(busy?.cpuShare).toBeCloseTo((0.2 * 0.5 + 0.8 * 1.5) / 2);
    expect(busy?.ctloadShare).toBeCloseTo(0.2);
    expect(busy?.gatewayShare).toBe(0);
  });

  it('are unknown without a record', () => {
    expect(busyWithin([record(0, 1)], 0, 5)).toBeUndefined();
  });
});
