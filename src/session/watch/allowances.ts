import { readdirSync, readlinkSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { WatchedAllowance } from '../../model/result/watch.ts';
import { execute } from '../../platform/exec.ts';

const SYSFS = '/sys/class/net';
/** AWS' Elastic Network Adapter, whose statistics have the allowances (ena_ethtool.c). */
const DRIVER = 'ena';
/** Seconds between two readings: a command for each device, about 5 ms. */
const INTERVAL = 5;
const PATIENCE = 2; // seconds

/**
 * The connection tracking of an EC2 instance's security groups, which has a limit of its own, outside of this kernel. Read by `ethtool -S`
 * in the namespace that watch runs in; nothing is started where there is no such device.
 */
export class Allowances {
  readonly #sysfs: string;
  readonly #first = new Map<string, number>();
  #latest: readonly WatchedAllowance[] = [];
  #next = Number.NEGATIVE_INFINITY;
  #reading: Promise<void> = Promise.resolve();
  #isReading = false;

  constructor(sysfs = SYSFS) {
    this.#sysfs = sysfs;
  }

  /** What was read last. Starts the next reading when it is due; its figures are in a later sample. */
  read(t: number): readonly WatchedAllowance[] {
    if (t >= this.#next && !this.#isReading) {
      this.#next = t + INTERVAL;
      this.#reading = this.#readAll();
    }
    return this.#latest;
  }

  /** Resolves when no command runs any more. */
  finish(): Promise<void> {
    return this.#reading;
  }

  async #readAll(): Promise<void> {
    this.#isReading = true;
    this.#latest = await Promise.all(devicesIn(this.#sysfs).map((device) => this.#readOne(device)));
    this.#isReading = false;
  }

  async #readOne(device: string): Promise<WatchedAllowance> {
    const text = await execute(['ethtool', '-S', device], { seconds: PATIENCE }).catch(() => '');
    const read = (name: string): number | null => {
      const [, value] = new RegExp(`^\\s*conntrack_allowance_${name}: (\\d+)$`, 'm').exec(text) ?? [];
      return value === undefined ? null : Number(value);
    };
    const exceeded = read('exceeded');
    if (exceeded !== null && !this.#first.has(device)) this.#first.set(device, exceeded);
    const exceededSince = exceeded === null ? null : exceeded - (this.#first.get(device) ?? exceeded);
    return { device, available: read('available'), exceeded, exceededSince };
  }
}

function devicesIn(sysfs: string): string[] {
  try {
    return readdirSync(sysfs).filter((device) => driverOf(join(sysfs, device)) === DRIVER);
  } catch {
    return []; // no sysfs here
  }
}

function driverOf(device: string): string | undefined {
  try {
    return basename(readlinkSync(join(device, 'device/driver')));
  } catch {
    return undefined; // a virtual device
  }
}
