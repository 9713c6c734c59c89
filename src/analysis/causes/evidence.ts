import { terminates } from '../../model/input/dataplanes.ts';
import type {
  CauseEvidence,
  Counted,
  EvidenceFigures,
  FailedWith,
  LostSyns,
  TableEvidence,
} from '../../model/result/evidence.ts';
import type { LatencyLog } from '../../model/result/latency.ts';
import type { Accounting, Summary } from '../../model/result/summary.ts';
import type { FailureCause } from '../../model/timeline/attempt.ts';
import type { BackendRecord, NetstatRecord } from '../../model/timeline/sample.ts';
import type { Visibility } from '../../model/timeline/visibility.ts';
import type { Evictions } from '../accounting/evictions.ts';
import type { PortRefusals } from '../accounting/port-refusals.ts';
import type { Refusals } from '../accounting/refusals.ts';
import type { FirstDrop } from '../breaking-point/breaking-point.ts';
import { type RunLog, rise } from '../log/run-log.ts';
import { portComplaints } from './upstream.ts';

/** What a cause can be proved from. */
export type EvidenceInputs = Pick<RunLog, 'meta' | 'tables' | 'netstat' | 'loads' | 'backend' | 'ruleDrops' | 'proxy'> & {
  readonly visibility: Visibility;
  readonly udpFloods: ReadonlySet<string>;
  readonly accounting: Accounting;
  readonly firstDrop: FirstDrop | undefined;
  readonly evictions: Evictions;
  readonly refusals: Refusals;
  readonly portRefusals: PortRefusals;
  readonly generator: Summary['generator'];
  readonly latency: LatencyLog;
};

/** What the kernels of all three hosts and the clients saw that makes `cause` the cause. */
export function evidenceOf(cause: FailureCause, inputs: EvidenceInputs): CauseEvidence {
  const { netstat, visibility, generator, latency, accounting } = inputs;
  /** Null where ctload cannot read the host: what its kernel counted is not known, rather than 0. */
  const rises = (host: NetstatRecord['host'], ...counters: readonly string[]): Counted =>
    visibility.wholeLab || netstat[host].length > 0
      ? counters.reduce((sum, counter) => sum + rise(netstat[host], counter), 0)
      : null;
  const table = tableEvidence(inputs);
  switch (cause) {
    case 'conntrack-full':
      return { code: cause, figures: tableFull(inputs) };
    case 'conntrack-evicted':
      return { code: cause, figures: { ...inputs.evictions, capacity: inputs.tables.gateway.peakCapacity } };
    case 'hash-chains-full': {
      const { refusals } = inputs;
      const { synRetransmissions, abandoned } = accounting;
      return { code: cause, figures: { ...refusals, buckets: inputs.meta.lab.capacity.buckets, synRetransmissions, abandoned } };
    }
    case 'snat-ports-exhausted': {
      const { packets: refused, fromSeconds, entries, ports } = inputs.portRefusals;
      const { synRetransmissions, abandoned } = accounting;
      return { code: cause, figures: { refused, fromSeconds, entries, ports, synRetransmissions, abandoned, table } };
    }
    case 'connect-timeout': {
      const otherLost = Math.max(0, accounting.explainedByClients - accounting.kernelDrops);
      const listenDrops = rises('backend', 'TcpExtListenDrops');
      return { code: cause, figures: { ...lostSyns(accounting), listenDrops, otherLost, table } };
    }
    case 'listen-overflow': {
      const listenOverflows = rises('backend', 'TcpExtListenOverflows');
      const listenDrops = rises('backend', 'TcpExtListenDrops');
      return { code: cause, figures: { ...lostSyns(accounting), listenOverflows, listenDrops, table } };
    }
    case 'dropped-by-rule': {
      const { packets = 0, counters = [] } = inputs.ruleDrops ?? {};
      return { code: cause, figures: { ...lostSyns(accounting), packets, counters, table } };
    }
    case 'unreachable': {
      const without = (host: NetstatRecord['host']) => rises(host, 'IpOutNoRoutes', 'IpExtInNoRoutes');
      const noRoute = { client: without('client'), gateway: without('gateway'), backend: without('backend') };
      const sentByGateway = rises('gateway', 'IcmpOutDestUnreachs');
      return { code: cause, figures: { noRoute, sentByGateway, gotByClient: rises('client', 'IcmpInDestUnreachs'), table } };
    }
    case 'refused': {
      const [backendResets, gatewayResets] = [rises('backend', 'TcpOutRsts'), rises('gateway', 'TcpOutRsts')];
      return { code: cause, figures: { backendResets, gatewayResets, attemptFails: rises('client', 'TcpAttemptFails'), table } };
    }
    case 'reset': {
      const clientResets = rises('client', 'TcpEstabResets');
      return { code: cause, figures: { clientResets, backendResets: rises('backend', 'TcpOutRsts'), table } };
    }
    case 'http-5xx':
      return {
        code: cause,
        figures: {
          connectP99Ms: connectP99(latency),
          requests: served(inputs, 'requests'),
          answers: failedWith(inputs, is5xx),
          proxy: proxySays(inputs),
          table,
        },
      };
    case 'response-timeout':
      return { code: cause, figures: noAnswer(inputs, table) };
    case 'ports-exhausted':
      return { code: cause, figures: { usedShare: generator.portsUsedShare } };
    case 'upstream-ports-exhausted':
      return { code: cause, figures: { said: portComplaints(inputs), table } };
    case 'fds-exhausted':
      return { code: cause, figures: { usedShare: generator.fdsUsedShare } };
    case 'other':
      return { code: cause, figures: { answers: failedWith(inputs, (what) => !is5xx(what)), table } };
  }
}

/** What the backend's processes counted; null for a backend that is not ctload's. */
function served({ visibility, backend }: EvidenceInputs, figure: keyof BackendRecord & ('connections' | 'requests')): Counted {
  return visibility.wholeLab ? (backend?.[figure] ?? 0) : null;
}

function tableFull({ tables, accounting, firstDrop }: EvidenceInputs): EvidenceFigures['conntrack-full'] {
  const { kernelDrops, synRetransmissions, abandoned, datagramsLost, timeWaitDropped, backlogDropped } = accounting;
  return {
    kernelDrops,
    fromSeconds: firstDrop?.point.atSeconds,
    earlyDrop: tables.gateway.totals.earlyDrop,
    synRetransmissions,
    abandoned,
    timeWaitDropped,
    datagramsLost,
    backlogDropped,
  };
}

/** What came in place of a good answer, the most frequent first; empty in records of earlier versions. */
function failedWith({ loads }: EvidenceInputs, wanted: (what: string) => boolean): FailedWith[] {
  const counts = new Map<string, number>();
  for (const load of loads) {
    for (const [what, failed] of Object.entries(load.failedWith ?? {})) {
      if (wanted(what)) counts.set(what, (counts.get(what) ?? 0) + failed);
    }
  }
  return [...counts].map(([what, failed]) => ({ what, failed })).sort((a, b) => b.failed - a.failed);
}

/** The program that is the gateway's proxy, and what it complained of, the most frequent first; undefined where there is none. */
function proxySays({ meta, proxy }: EvidenceInputs): EvidenceFigures['http-5xx']['proxy'] {
  if (meta.lab.proxy === undefined || proxy === undefined) return undefined;
  const said = Object.entries(proxy.complaints).map(([what, times]) => ({ what, times }));
  return { name: meta.lab.proxy.implementation, said: said.sort((a, b) => b.times - a.times) };
}

function is5xx(what: string): boolean {
  return Number(what) >= 500;
}

function noAnswer(inputs: EvidenceInputs, table: TableEvidence): EvidenceFigures['response-timeout'] {
  const { loads, udpFloods, netstat, accounting, latency, meta } = inputs;
  const { client, backend } = netstat;
  const missing = loads.filter(({ failed }) => (failed?.['response-timeout'] ?? 0) > 0);
  const requests = {
    connectP99Ms: connectP99(latency),
    accepted: served(inputs, 'connections'),
    read: served(inputs, 'requests'),
    proxied: terminates(meta.lab.dataplane),
  };
  const datagrams = {
    sent: rise(client, 'UdpOutDatagrams'),
    answered: rise(backend, 'UdpOutDatagrams'),
    lost: accounting.datagramsLost,
    fullBuffers: { backend: rise(backend, 'UdpRcvbufErrors'), client: rise(client, 'UdpRcvbufErrors') },
    table,
  };
  return {
    requests: missing.some(({ flood }) => !udpFloods.has(flood)) ? requests : undefined,
    datagrams: missing.some(({ flood }) => udpFloods.has(flood)) ? datagrams : undefined,
  };
}

function lostSyns({ synRetransmissions, abandoned, timeWaitDropped }: Accounting): LostSyns {
  return { synRetransmissions, abandoned, timeWaitDropped };
}

/** That the gateway's table was not it, or how far it was. */
function tableEvidence({ tables: { gateway, ...rest } }: EvidenceInputs): TableEvidence {
  if (gateway.samples.length === 0) return null;
  const others = (['client', 'backend', 'host'] as const).flatMap((table) => {
    const { drop: drops } = rest[table].totals;
    return drops > 0 ? [{ table, drops }] : [];
  });
  return {
    drops: gateway.totals.drop,
    peakEntries: gateway.peakEntries,
    capacity: gateway.peakCapacity,
    ...(others.length === 0 ? {} : { others }),
  };
}

/** Of the slowest flood, milliseconds. */
function connectP99(latency: LatencyLog): number {
  return Math.max(0, ...latency.filter(({ phase }) => phase === 'connecting').map(({ total }) => total.p99));
}
