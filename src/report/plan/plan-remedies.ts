import { bytes, count, percent } from '../../model/format.ts';
import type { PlanReport } from '../../model/result/plan/plan.ts';
import type { PlanRemedy } from '../../model/result/plan/plan-remedy.ts';
import { formatDuration } from '../../model/units.ts';
import type { Block, Section } from '../document/document.ts';

/** What would hold the load, each with its price, and the advice that would not. */
export function remediesSection(plan: PlanReport): Section {
  const { remedies, headroom } = plan;
  const enough = remedies.filter(({ keepsHeadroom }) => keepsHeadroom);
  const rows = enough.map((one, index) => [String(index + 1), changeOf(one), percent(one.peakUtilization), priceOf(one, plan)]);
  const useless = remedies.filter(({ keepsHeadroom }) => !keepsHeadroom).map((one) => uselessOf(one));
  return {
    heading: 'Remedies',
    blocks: [
      {
        kind: 'text',
        text: `Each alone holds the load with ${percent(headroom)} headroom. First a setting of the node, then the clients, then other nodes, then what gives tracking up.`,
      },
      { kind: 'table', rows: [['', 'remedy', 'peak use', 'price'], ...rows] },
      ...(useless.length === 0 ? [] : [{ kind: 'text', text: `Would not hold it: ${useless.join('; ')}.` } satisfies Block]),
      { kind: 'text', text: 'To see such remedies measured on an example load (not this one): ctload matrix remedies' },
    ],
  };
}

function changeOf({ kind, name, value }: PlanRemedy): string {
  switch (kind) {
    case 'max':
      return `nf_conntrack_max ${count(value ?? 0)}`;
    case 'timeout':
      return `${name} ${formatDuration(value ?? 0)}`;
    case 'keep-alive':
      return `${count(value ?? 0)} times as many requests per connection`;
    case 'instance-type':
      return `EC2 ${name}`;
    case 'nodes':
      return `${count(value ?? 0)} nodes`;
    case 'dataplane':
      return `dataplane ${name}`;
  }
}

function priceOf({ kind, name, value }: PlanRemedy, { recommend, limit, traffic }: PlanReport): string {
  switch (kind) {
    case 'max':
      return `${bytes(Math.max(0, recommend.memoryBytes - limit.memoryBytes))} more kernel memory when full`;
    case 'timeout':
      return timeoutPrice(name ?? '', value ?? 0);
    case 'keep-alive':
      return 'clients (or the proxy before the gateway) must reuse connections';
    case 'instance-type':
      return 'a bigger node';
    case 'nodes':
      return `${traffic.length === 0 ? '' : 'the load spread evenly over '}that many nodes`;
    case 'dataplane':
      return name?.startsWith('tunnel')
        ? 'clients need their end of the tunnel; the connections are tracked where it ends'
        : 'no NAT and no stateful rules for this traffic: no Service address, no masquerade, no `ct state`';
  }
}

/** For how long the end that closed first keeps a connection in TIME_WAIT (TCP_TIMEWAIT_LEN, include/net/tcp.h), seconds. */
const TIME_WAIT_OF_ENDS = 60;

function timeoutPrice(name: string, seconds: number): string {
  switch (name) {
    case 'tcp_time_wait':
      return seconds < TIME_WAIT_OF_ENDS
        ? 'masqueraded source ports are reused while the backend still has them in TIME_WAIT: their SYNs are lost'
        : 'late packets of closed connections count as invalid sooner';
    case 'tcp_established':
      return `connections idle for longer than ${formatDuration(seconds)} lose their entry: keepalives must come more often`;
    case 'tcp_close_wait':
      return `a connection that one end has closed loses its entry after ${formatDuration(seconds)} of silence`;
    case 'udp':
      return `an answer that takes longer than ${formatDuration(seconds)} is lost`;
    default:
      return 'slower ends lose their entry before they have finished';
  }
}

function uselessOf({ name, value, peakUtilization }: PlanRemedy): string {
  return `dataplane ${name} (${entries(Number((value ?? 0).toFixed(3)))} per connection, peak use ${percent(peakUtilization)})`;
}

function entries(number: number): string {
  return `${number} ${number === 1 ? 'entry' : 'entries'}`;
}
