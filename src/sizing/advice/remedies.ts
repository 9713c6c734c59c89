import { DATAPLANE_NAMES } from '../../model/input/dataplanes.ts';
import { entriesPerFlow, type Forwarding, forwardingText, standard, trackingOf } from '../../model/input/tracking.ts';
import type { Stream } from '../../model/node/traffic.ts';
import type { PlanRemedy } from '../../model/result/plan/plan-remedy.ts';
import { type PlanInputs, peakEntries, type TableSettings } from '../node-load.ts';
import { smallestTable, sufficientTimeouts } from './recommend.ts';

/** What else is known of the node whose load is to be held. */
export interface RemedyOptions {
  readonly forwarding: Forwarding;
  /** The smallest instance type whose own limit is enough, with its table; undefined where none is known. */
  readonly biggerNode: { readonly name: string; readonly table: TableSettings } | undefined;
}

const MOST_REQUESTS = 1000; // times as many; nginx's keepalive_requests is 1000 since 1.19.10
const MOST_NODES = 100; // per node of today

/**
 * What would hold the load with its headroom, the least intrusive first: a setting of the node, a change of the clients, other nodes,
 * then what gives tracking up. Behind them the dataplanes that people are told to change to and that do not hold it. Empty when the
 * load keeps its headroom as it is, or has no entries.
 */
export function remediesFor(setting: PlanInputs, { forwarding, biggerNode }: RemedyOptions): PlanRemedy[] {
  if (setting.traffic.entriesPerConnection === 0 || judge(setting).keepsHeadroom) return [];
  const table = smallestTable(setting);
  const timeouts = Object.entries(sufficientTimeouts(setting));
  const requests = requestsPerConnection(setting);
  const nodes = nodesNeeded(setting);
  return [
    { kind: 'max', name: null, value: table.max, ...judge({ ...setting, table }) },
    ...timeouts.map(([name, value]): PlanRemedy => {
      const shorter = { ...setting, timeouts: { ...setting.timeouts, [name]: value } };
      return { kind: 'timeout', name, value, ...judge(shorter) };
    }),
    ...(requests === undefined
      ? []
      : [{ kind: 'keep-alive', name: null, value: requests, ...judge(withKeepAlive(setting, requests)) } as const]),
    ...(biggerNode === undefined
      ? []
      : [
          {
            kind: 'instance-type',
            name: biggerNode.name,
            value: null,
            ...judge({ ...setting, table: biggerNode.table }),
          } as const,
        ]),
    ...(nodes === undefined ? [] : [{ kind: 'nodes', name: null, value: nodes, ...judge(withNodes(setting, nodes)) } as const]),
    ...otherDataplanes(setting, forwarding),
  ];
}

/** What people move to: every dataplane as it is set up if nothing is said, and settings that take connections past the table. */
const OTHERS: readonly Forwarding[] = [
  ...DATAPLANE_NAMES.map(standard),
  { dataplane: 'ipvs', ipvs: { conntrack: false, notrack: true } },
  { dataplane: 'tunnel', tunnel: { kind: 'wireguard', ends: 'beyond' } },
];

/** Every other way to forward: those that hold the load, then those that do not. */
function otherDataplanes(setting: PlanInputs, now: Forwarding): PlanRemedy[] {
  const { traffic } = setting;
  const residue = traffic.entriesPerConnection / entriesPerFlow(now); // as a run has measured it
  const judged = OTHERS.filter((one) => forwardingText(one) !== forwardingText(now)).map((one): PlanRemedy => {
    const { flows, outer } = trackingOf(one);
    const entries = { entriesPerConnection: (flows + outer) * residue, outerPerConnection: outer * residue };
    const judgement = judge({ ...setting, traffic: { ...traffic, ...entries } });
    return { kind: 'dataplane', name: forwardingText(one), value: entries.entriesPerConnection, ...judgement };
  });
  return judged.sort((a, b) => a.peakUtilization - b.peakUtilization);
}

function judge(setting: PlanInputs): Pick<PlanRemedy, 'peakUtilization' | 'keepsHeadroom'> {
  const peakUtilization = peakEntries(setting) / setting.table.max;
  return { peakUtilization, keepsHeadroom: peakUtilization <= 1 - setting.headroom + 1e-9 };
}

/** How many times as many requests per connection are enough, at the least; undefined where the load has no requests, or no number is. */
function requestsPerConnection(setting: PlanInputs): number | undefined {
  if (!setting.traffic.streams.some(canKeepAlive)) return undefined;
  return least(2, MOST_REQUESTS, (requests) => judge(withKeepAlive(setting, requests)).keepsHeadroom);
}

/** The least number of nodes that is enough. */
function nodesNeeded(setting: PlanInputs): number | undefined {
  const { replicas } = setting.traffic;
  return least(replicas + 1, replicas * MOST_NODES, (nodes) => judge(withNodes(setting, nodes)).keepsHeadroom);
}

function withNodes(setting: PlanInputs, replicas: number): PlanInputs {
  return { ...setting, traffic: { ...setting.traffic, replicas } };
}

/** The same requests, `requests` one after the other on each connection, which stays open for all of them. */
function withKeepAlive(setting: PlanInputs, requests: number): PlanInputs {
  const streams = setting.traffic.streams.map((stream) =>
    canKeepAlive(stream)
      ? { ...stream, rate: stream.rate / requests, lifetimeSeconds: stream.lifetimeSeconds * requests }
      : stream,
  );
  return { ...setting, traffic: { ...setting.traffic, streams } };
}

function canKeepAlive(stream: Stream): stream is Extract<Stream, { kind: 'requests' }> {
  return stream.kind === 'requests' && stream.close !== 'half';
}

/** The least whole number from `low` to `high` with which it `is` so, given that it stays so from there on; undefined if none is. */
function least(low: number, high: number, is: (value: number) => boolean): number | undefined {
  if (!is(high)) return undefined;
  let [from, to] = [low, high];
  while (from < to) {
    const middle = Math.floor((from + to) / 2);
    if (is(middle)) to = middle;
    else from = middle + 1;
  }
  return to;
}
