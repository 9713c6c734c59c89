import { terminates } from '../../model/input/dataplanes.ts';
import type { Accounting } from '../../model/result/summary.ts';
import type { LoadRecord } from '../../model/timeline/sample.ts';
import type { RunLog } from '../log/run-log.ts';
import { metFull } from './evicted.ts';

/** How many of the requests that a proxy did not answer well failed on its way to the backend, as shares from 0 to 1. */
export interface UpstreamShares {
  /** Of those with a status of 500 or above: it found no local port. */
  readonly ports: number;
  /** Of the others, and of those without an answer, since the table dropped: its SYN got no entry. */
  readonly table: number;
}

export interface UpstreamInputs extends Pick<RunLog, 'meta' | 'loads' | 'proxy'> {
  readonly accounting: Pick<Accounting, 'upstreamAbandoned' | 'kernelDrops'>;
  readonly udpFloods: ReadonlySet<string>;
  /** Attempts due from here on met a table that dropped; undefined when it did not. */
  readonly tableFullFrom: number | undefined;
}

const NONE: UpstreamShares = { ports: 0, table: 0 };

/** EADDRNOTAVAIL as nginx writes it; HAProxy's CO_ER_FREE_PORTS (src/proto_tcp.c). */
const NO_PORT = /\(99: |no free ports/;

/** What a proxy said when it found no local port for a connection to the backend, and how often. */
export function portComplaints({ proxy }: Pick<RunLog, 'proxy'>): readonly { readonly what: string; readonly times: number }[] {
  return Object.entries(proxy?.complaints ?? {})
    .filter(([what]) => NO_PORT.test(what))
    .map(([what, times]) => ({ what, times }));
}

/**
 * Compares what a proxy gave up on its way to the backend with the requests that failed behind it. One request may have cost
 * several connections, as proxies try again: never more failures than there were connections.
 */
export function upstreamShares({ meta, loads, proxy, accounting, udpFloods, tableFullFrom }: UpstreamInputs): UpstreamShares {
  if (!terminates(meta.lab.dataplane)) return NONE;
  const noPort = portComplaints({ proxy }).reduce((sum, { times }) => sum + times, 0);
  const failed = (some: readonly LoadRecord[]) => some.reduce((sum, load) => sum + (load.failed?.['http-5xx'] ?? 0), 0);
  const ports = shareOf(noPort, failed(loads));
  const since = loads.filter((load) => metFull(load, tableFullFrom));
  const unanswered = since
    .filter(({ flood }) => !udpFloods.has(flood))
    .reduce((sum, load) => sum + (load.failed?.['response-timeout'] ?? 0), 0);
  const givenUp = Math.min(accounting.upstreamAbandoned, accounting.kernelDrops);
  return { ports, table: shareOf(givenUp, failed(since) * (1 - ports) + unanswered) };
}

function shareOf(part: number, whole: number): number {
  return whole <= 0 ? 0 : Math.min(1, part / whole);
}
