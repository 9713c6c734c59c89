import type { LineParser } from './line-parser.ts';

const PROTOCOL = '(?:Ip|Icmp|IcmpMsg|Tcp|Udp|UdpLite|TcpExt|IpExt|MPTcpExt|Ip6|Icmp6|Udp6|UdpLite6)';
const NSTAT = new RegExp(`^(${PROTOCOL}[A-Z]\\w*)\\s+(\\d+)\\s+[\\d.]+\\s*$`);
const RAW = new RegExp(`^(${PROTOCOL}): (.*)$`);

/** nstat: `TcpExtListenDrops   3   0.0` under `#kernel`. Without -a it prints what was counted since its last call. */
export function nstat(): LineParser {
  return (line, sink) => {
    if (line.startsWith('#kernel')) {
      sink.begin('nstat');
      return true;
    }
    const [, name, value] = NSTAT.exec(line) ?? [];
    if (name === undefined) return false;
    sink.value('nstat', name, Number(value));
    return true;
  };
}

/** /proc/net/snmp and /proc/net/netstat: `Tcp: RtoAlgorithm …`, then `Tcp: 1 …`. */
export function rawCounters(): LineParser {
  let headings: { readonly protocol: string; readonly names: readonly string[] } | undefined;
  return (line, sink) => {
    const [, protocol = '', rest = ''] = RAW.exec(line) ?? [];
    const words = rest.trim().split(/\s+/);
    if (protocol === '') return false;
    if (/^[A-Z]/.test(rest)) {
      headings = { protocol, names: words };
      return true;
    }
    if (headings?.protocol !== protocol || words.length !== headings.names.length) return false;
    for (const [index, name] of headings.names.entries()) {
      sink.value('/proc/net/snmp, /proc/net/netstat', `${protocol}${name}`, Number(words[index]));
    }
    headings = undefined;
    return true;
  };
}

/** What `netstat -s` calls the counters that matter here (net-tools' statistics.c; the spelling differs between releases). */
const PHRASES: readonly (readonly [phrase: RegExp, name: string])[] = [
  [/^(\d+) times the listen queue of a socket overflowed$/, 'TcpExtListenOverflows'],
  [/^(\d+) SYNs to LISTEN sockets (?:dropped|ignored)$/, 'TcpExtListenDrops'],
  [/^(\d+) segments retransmit+ed$/, 'TcpRetransSegs'],
  [/^(\d+) resets sent$/, 'TcpOutRsts'],
  [/^(\d+) connection resets received$/, 'TcpEstabResets'],
  [/^(\d+) failed connection attempts$/, 'TcpAttemptFails'],
  [/^(\d+) active connection openings$/, 'TcpActiveOpens'],
  [/^(\d+) passive connection openings$/, 'TcpPassiveOpens'],
  [/^TCP(SynRetrans|ReqQFullDrop|Timeouts|AbortOnTimeout): (\d+)$/, 'TcpExtTCP'],
];

/** `netstat -s`, in English. */
export function netstat(): LineParser {
  return (line, sink) => {
    const text = line.trim();
    for (const [phrase, name] of PHRASES) {
      const [, first = '', second] = phrase.exec(text) ?? [];
      if (first === '') continue;
      if (second === undefined) sink.value('netstat -s', name, Number(first));
      else sink.value('netstat -s', `${name}${first}`, Number(second));
      return true;
    }
    return false;
  };
}
