import type { LineParser } from './line-parser.ts';

/** `sysctl -a`: conntrack's settings, and what limits sockets. */
export function sysctl(): LineParser {
  return (line, sink) => {
    const [, key = '', value = ''] = /^\s*(net\.[\w./-]+)\s*[=:]\s*(.+?)\s*$/.exec(line) ?? [];
    return key !== '' && setting(key, value, sink);
  };
}

/** One setting. The range of local ports has two numbers: what is kept is how many ports they leave. */
export function setting(key: string, value: string, sink: Parameters<LineParser>[1]): boolean {
  if (!/^net\.(?:netfilter\.|ipv4\.|core\.somaxconn$)/.test(key)) return key === 'net.nf_conntrack_max'; // the same limit again
  const [low, high] = value.split(/\s+/).map(Number);
  if (key === 'net.ipv4.ip_local_port_range') {
    if (low === undefined || high === undefined || !(high >= low)) return false;
    sink.value('sysctl', 'local ports', high - low + 1);
    return true;
  }
  if (!/^-?\d+$/.test(value)) return key.includes('conntrack');
  const name = key.replace(/^net\.(?:netfilter|ipv4|core)?\.?/, '');
  sink.value('sysctl', name === 'nf_conntrack_count' ? 'entries' : name, Number(value));
  return true;
}

/** TCP sockets, those in TIME_WAIT apart: /proc/net/sockstat, `ss -s`. */
export function sockets(): LineParser {
  return (line, sink) => {
    const [, inUse, timeWait] = /^TCP: inuse (\d+) orphan \d+ tw (\d+) /.exec(line) ?? [];
    if (inUse !== undefined) {
      sink.value('sockets', 'TCP sockets', Number(inUse) + Number(timeWait));
      return true;
    }
    const [, all] = /^TCP:\s+(\d+) \(estab \d+, closed \d+, orphaned \d+, /.exec(line) ?? [];
    if (all === undefined) return false;
    sink.value('sockets', 'TCP sockets', Number(all));
    return true;
  };
}

/** `ethtool -S`: the allowances of an EC2 instance (ena_ethtool.c), and how much the device carried, to tell devices apart. */
export function ethtool(): LineParser {
  return (line, sink) => {
    if (/^NIC statistics:\s*$/.test(line)) {
      sink.begin('ethtool -S');
      return true;
    }
    const [, name = '', value] = /^\s+([a-z]\w*): (\d+)\s*$/.exec(line) ?? [];
    if (!/_allowance_(?:exceeded|available)$|^(?:total_resets|[rt]x_packets|[rt]x_bytes)$/.test(name)) return false;
    sink.value('ethtool -S', name, Number(value));
    return true;
  };
}
