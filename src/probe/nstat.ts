/**
 * The counters kept from /proc/net/snmp and /proc/net/netstat, by the names nstat(8) gives them: protocol + heading. They
 * distinguish a full conntrack table from lost SYNs, an overflowing listen queue, a wrong route and ports reused too soon.
 */
const KEPT_COUNTERS = [
  'IpInReceives',
  'IpInDelivers',
  'IpForwDatagrams',
  'IpInDiscards',
  'IpOutDiscards',
  'IpOutNoRoutes',
  'IcmpOutDestUnreachs',
  'IcmpInDestUnreachs',
  'IcmpInEchos',
  'IcmpInEchoReps',
  'IcmpOutEchos',
  'IcmpOutEchoReps',
  'TcpActiveOpens',
  'TcpPassiveOpens',
  'TcpAttemptFails',
  'TcpEstabResets',
  'TcpOutRsts',
  'TcpRetransSegs',
  'TcpExtTCPSynRetrans',
  'TcpExtTCPTimeouts',
  'TcpExtTCPAbortOnTimeout',
  'TcpExtListenOverflows',
  'TcpExtListenDrops',
  'TcpExtTCPReqQFullDrop',
  'TcpExtSyncookiesSent',
  'TcpExtTCPBacklogDrop',
  'TcpExtTW',
  'TcpExtPAWSTimewait',
  'TcpExtPAWSEstab',
  'UdpInDatagrams',
  'UdpNoPorts',
  'UdpInErrors',
  'UdpRcvbufErrors',
  'UdpOutDatagrams',
  'IpExtInNoRoutes',
] as const;

const KEPT: ReadonlySet<string> = new Set(KEPT_COUNTERS);
const NEWLINE = 0x0a;
const SPACE = 0x20;
const ZERO = 0x30;

export interface NetstatParser {
  /** Names of the kept counters the file has, in its order. */
  readonly names: readonly string[];
  /**
   * Reads the counters from a later text of the same file into `values`, in the order of `names`. False, with nothing
   * read, when the headings have changed: `IcmpMsg` lines appear with the first message of a type.
   */
  parse(text: Uint8Array, values: number[]): boolean;
}

/**
 * A parser for a file whose text is now `text`. Both files list each protocol in two lines, `Tcp: <headings>` and
 * `Tcp: <values>`; the headings, which are most of the text, are skipped from then on.
 */
export function netstatParser(text: string): NetstatParser {
  const names: string[] = [];
  const pairs: Pair[] = [];
  const lines = text.split('\n');
  for (let i = 0; i + 1 < lines.length; i += 2) {
    const line = lines[i] ?? '';
    const [protocol = '', ...headings] = line.split(' ');
    const kept: number[] = [];
    for (const [index, heading] of headings.entries()) {
      const name = protocol.slice(0, -1) + heading;
      if (!KEPT.has(name)) continue;
      names.push(name);
      kept.push(index + 1);
    }
    pairs.push({ protocol: Buffer.from(protocol), headingsLength: line.length + 1, kept });
  }
  return {
    names,
    parse: (bytes, values) => {
      let at = 0;
      let index = 0;
      for (const pair of pairs) {
        if (!standsAt(pair, bytes, at)) return false;
        at += pair.headingsLength;
        let column = 0;
        for (const wanted of pair.kept) {
          for (; column < wanted; column++) at = bytes.indexOf(SPACE, at) + 1;
          let value = 0;
          for (let byte = bytes[at] as number; byte > SPACE; byte = bytes[++at] as number) value = value * 10 + byte - ZERO;
          values[index++] = value;
        }
        at = bytes.indexOf(NEWLINE, at) + 1;
      }
      return true;
    },
  };
}

interface Pair {
  readonly protocol: Uint8Array;
  readonly headingsLength: number;
  /** Columns to read, the first after the protocol being 1. */
  readonly kept: readonly number[];
}

function standsAt({ protocol, headingsLength }: Pair, bytes: Uint8Array, at: number): boolean {
  return bytes[at + headingsLength - 1] === NEWLINE && protocol.every((byte, index) => bytes[at + index] === byte);
}

/** The counters kept from /proc/net/snmp6, by the kernel's own names: those of IPv4's that are kept, and neighbour discovery. */
const KEPT_OF_IPV6 = [
  'Ip6InReceives',
  'Ip6InDelivers',
  'Ip6OutForwDatagrams',
  'Ip6InDiscards',
  'Ip6OutDiscards',
  'Ip6InNoRoutes',
  'Ip6OutNoRoutes',
  'Icmp6OutDestUnreachs',
  'Icmp6InDestUnreachs',
  'Icmp6InEchos',
  'Icmp6InEchoReplies',
  'Icmp6OutEchos',
  'Icmp6OutEchoReplies',
  'Icmp6InNeighborSolicits',
  'Icmp6OutNeighborSolicits',
  'Udp6InDatagrams',
  'Udp6NoPorts',
  'Udp6InErrors',
  'Udp6RcvbufErrors',
  'Udp6OutDatagrams',
] as const;

/** A line each, `Ip6InReceives                    6`; lines come when the first ICMPv6 message of a type does. */
const IPV6_LINE = new RegExp(`^(${KEPT_OF_IPV6.join('|')})\\s+(\\d+)$`, 'gm');

/** A parser for that file; one that lacks a counter has 0 of it. */
export function snmp6Parser(): NetstatParser {
  return {
    names: KEPT_OF_IPV6,
    parse: (bytes, values) => {
      const found = new Map<string, number>();
      const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
      for (const [, name = '', value] of text.matchAll(IPV6_LINE)) found.set(name, Number(value));
      values.push(...KEPT_OF_IPV6.map((name) => found.get(name) ?? 0));
      return true;
    },
  };
}
