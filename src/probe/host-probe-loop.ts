import { statSync } from 'node:fs';
import type { TimelineRecord } from '../model/timeline/sample.ts';
import { type HostProbe, startHostProbe } from './host-probe.ts';
import type { ProbeLoop } from './serve-probe.ts';

/** Its own CPU time is the gateway's. */
const INTERVAL_SECONDS = 0.5;

export interface HostProbeSettings {
  /** Name of the machine in records. */
  readonly machine: string;
  /** ctload's processes on it. */
  pids(): readonly number[];
  /** As of HostProbeOptions. */
  gatewayPids(): readonly number[];
}

/** The probe of a machine, run by a process on it, in the gateway's network namespace. */
export class HostProbeLoop implements ProbeLoop {
  readonly #probe: HostProbe;
  #end: () => void = () => {};

  constructor({ machine, pids, gatewayPids }: HostProbeSettings, write: (record: TimelineRecord) => void) {
    this.#probe = startHostProbe({
      tablePath: undefined,
      intervalSeconds: INTERVAL_SECONDS,
      pids,
      gatewayPids,
      gatewayNetns: [statSync('/proc/self/ns/net').ino],
      onRecord: (record) => write({ ...record, machine } as TimelineRecord),
    });
  }

  run(epoch: number): Promise<void> {
    this.#probe.start(epoch);
    return new Promise((resolve) => {
      this.#end = resolve;
    });
  }

  stop(): void {
    this.#probe.stop();
    this.#end();
  }
}
