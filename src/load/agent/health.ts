import { closeSync, openSync, readSync } from 'node:fs';
import { type IntervalHistogram, monitorEventLoopDelay } from 'node:perf_hooks';
import { familiesOf } from '../../model/input/address-family.ts';
import { type Clock, monotonic } from '../../platform/clock.ts';
import { descriptorLimit } from '../../platform/descriptors.ts';
import { portsOfAll } from '../floods/sources.ts';
import type { AgentReport, Assignment } from '../protocol/messages.ts';

const OWN_DESCRIPTORS = 20; // stdio, epoll, eventfds, libuv's pipes: those of a Node process without any socket
const RESOLUTION_MS = 10;

/** How close an agent came to the limits of its own process and namespace. */
export class Health {
  /** Targets that floods rotate across; where one keeps to a family, those of one family. */
  readonly #targets: number;
  /** Local ports towards one target. */
  readonly #available: number;
  readonly #clock: Clock;
  readonly #descriptorLimit = descriptorLimit();
  /** Kept open, because it could not be opened once descriptors have run out. */
  readonly #sockstat = openSync('/proc/net/sockstat', 'r');
  readonly #text = Buffer.alloc(4096);
  readonly #loopDelay: IntervalHistogram = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  #cpuAtStart = process.cpuUsage();
  #startedAt = 0;
  #peakSockets = 0;
  #peakPortsShare = 0;

  constructor({ targets, floods }: Pick<Assignment, 'targets' | 'floods'>, clock: Clock = monotonic) {
    const apart = floods.some(({ family }) => family !== undefined);
    this.#targets = Math.max(1, targets.http.length / (apart ? familiesOf(targets.http) : 1));
    this.#available = portsOfAll(floods, targets);
    this.#clock = clock;
  }

  start(): void {
    this.#startedAt = this.#clock();
    this.#cpuAtStart = process.cpuUsage();
    this.#loopDelay.reset();
    this.#loopDelay.enable();
  }

  /** Notes how many sockets this agent has. */
  sockets(count: number): void {
    this.#peakSockets = Math.max(this.#peakSockets, count);
  }

  /** Notes how many local ports the namespace has in use; reads one small file. */
  ports(): void {
    const length = readSync(this.#sockstat, this.#text, 0, this.#text.length, 0);
    const tcp = tcpSockets(this.#text.toString('latin1', 0, length));
    const perTarget = tcp / this.#targets;
    this.#peakPortsShare = Math.max(this.#peakPortsShare, perTarget / this.#available);
  }

  /** Stops measuring; nothing can be reported after it. */
  end(): void {
    this.#loopDelay.disable();
    closeSync(this.#sockstat);
  }

  report(agent: number): AgentReport {
    const { user, system } = process.cpuUsage(this.#cpuAtStart);
    const elapsed = this.#clock() - this.#startedAt;
    return {
      agent,
      cpuShare: (user + system) / 1e6 / elapsed,
      // The monitor's own timer sleeps for its resolution: only the time beyond it is delay.
      eventLoopDelayP99Ms: Math.max(0, this.#loopDelay.percentile(99) / 1e6 - RESOLUTION_MS),
      fdsUsedShare: Math.min(1, (this.#peakSockets + OWN_DESCRIPTORS) / this.#descriptorLimit),
      portsUsedShare: this.#peakPortsShare,
    };
  }
}

/** TCP sockets of a namespace that hold a port, TIME_WAIT included, from the text of /proc/net/sockstat. */
export function tcpSockets(sockstat: string): number {
  const [, inUse = 0, timeWait = 0] = /^TCP: inuse (\d+) orphan \d+ tw (\d+)/m.exec(sockstat) ?? [];
  return Number(inUse) + Number(timeWait);
}
