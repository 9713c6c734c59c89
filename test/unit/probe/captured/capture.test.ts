import { describe, expect, it } from 'vitest';
import { Capture } from '../../../../src/probe/captured/capture.ts';

function read(text: string, file = 'x.txt') {
  const capture = new Capture();
  const holds = capture.read(file, text);
  return { holds, log: capture.log, values: capture.readings.map(({ values }) => Object.fromEntries(values)) };
}

const S = (
  drop: number,
) => `cpu=0   \tfound=7 invalid=3 insert=0 insert_failed=2 drop=${drop} early_drop=0 error=0 search_restart=0 clash_resolve=4 chaintoolong=1 
cpu=1   \tfound=1 invalid=0 insert=0 insert_failed=0 drop=10 early_drop=5 error=0 search_restart=0 clash_resolve=0 chaintoolong=0 
`;

describe('what an incident left', () => {
  it('is read from conntrack -S, summed over CPUs; a second output is another reading', () => {
    const { holds, values } = read(`$ conntrack -S\n${S(1)}\n$ conntrack -S\n${S(5)}`);
    expect(holds).toEqual(['conntrack -S (2)']);
    expect(values[0]).toMatchObject({ found: 8, insert_failed: 2, drop: 11, early_drop: 5, clashres: 4, chainlength: 1 });
    expect(values[1]).toMatchObject({ drop: 15 });
  });

  it('is read from /proc/net/stat/nf_conntrack of new and old kernels, by its headings', () => {
    const head = (a: string, b: string) =>
      `entries ${a} found new invalid ignore delete ${b} insert insert_failed drop early_drop icmp_error`;
    const row = (drop: string) =>
      `000000ff 00000002 00000000 00000000 00000000 00000000 00000000 00000003 00000000 00000001 ${drop} 00000000 00000000`;
    for (const [a, b] of [
      ['clashres', 'chainlength'],
      ['searched', 'delete_list'],
    ] as const) {
      const { holds, values } = read(`${head(a, b)}\n${row('00000010')}\n${row('0000000f')}\n`);
      expect(holds).toEqual(['/proc/net/stat/nf_conntrack']);
      expect(values).toEqual([
        expect.objectContaining({ entries: 255, drop: 31, insert_failed: 2, clashres: 4, chainlength: 6 }),
      ]);
    }
  });

  it.each([
    ['nstat', '#kernel\nTcpExtListenOverflows           12                 0.0\nTcpOutRsts 3 0.0\n'],
    [
      '/proc/net/snmp, /proc/net/netstat',
      'Tcp: RtoMin OutRsts\nTcp: 200 3\nTcpExt: SyncookiesSent ListenOverflows\nTcpExt: 0 12\n',
    ],
    ['netstat -s', 'Tcp:\n    3 resets sent\nTcpExt:\n    12 times the listen queue of a socket overflowed\n'],
    [
      'node_exporter',
      '# TYPE node_netstat_Tcp_OutRsts untyped\nnode_netstat_Tcp_OutRsts 3\nnode_netstat_TcpExt_ListenOverflows 12\n',
    ],
  ])('is read from %s', (format, text) => {
    const { holds, values } = read(text);
    expect(holds).toEqual([format]);
    expect(values[0]).toMatchObject({ TcpExtListenOverflows: 12, TcpOutRsts: 3 });
  });

  it('is read from scrapes: numbers of any form, the table without a label of another namespace', () => {
    const scrape = (entries: string) =>
      `node_ethtool_conntrack_allowance_exceeded{device="ens5"} 4\nnode_nf_conntrack_entries ${entries}\nnode_nf_conntrack_entries{netns="4026"} 1\nnode_nf_conntrack_entries_limit 262144\nnode_nf_conntrack_stat_drop 12 1700000000000\n`;
    const { holds, values } = read(scrape('1.5e+02') + scrape('200'));
    expect(holds).toEqual(['node_exporter (2)']);
    expect(values[0]).toEqual({ 'ens5: conntrack_allowance_exceeded': 4, entries: 150, nf_conntrack_max: 262144, drop: 12 });
  });

  it('is read from settings, sockets and devices, and from a copy of /proc/sys by its name', () => {
    const text = `net.netfilter.nf_conntrack_max = 100
net.nf_conntrack_max = 100
net.ipv4.ip_local_port_range = 32768\t60999
TCP: inuse 5 orphan 0 tw 20 alloc 7 mem 1
NIC statistics:
     rx_packets: 5
     conntrack_allowance_exceeded: 17
`;
    const { holds, values } = read(text);
    expect(holds).toEqual(['sysctl', 'sockets', 'ethtool -S']);
    expect(Object.assign({}, ...values)).toEqual({
      nf_conntrack_max: 100,
      'local ports': 28232,
      'TCP sockets': 25,
      rx_packets: 5,
      conntrack_allowance_exceeded: 17,
    });
    expect(read('262144\n', 'sos/proc/sys/net/netfilter/nf_conntrack_max').values).toEqual([{ nf_conntrack_max: 262144 }]);
  });

  it('is read from logs: full tables, not that of expectations; flooded ports; missing local ports', () => {
    const { holds, log } = read(`[  12.5] nf_conntrack: nf_conntrack: table full, dropping packet
Nov 28 10:00:00 node1 kernel: nf_conntrack: nf_conntrack: table full in netns 4026532287, dropping packet
[  13.0] nf_conntrack: expectation table full
[  14.0] TCP: request_sock_TCP: Possible SYN flooding on port 80. Sending cookies.
dial tcp 10.0.0.1:80: connect: cannot assign requested address
`);
    expect(holds).toEqual(['kernel log', 'other log']);
    expect(log).toMatchObject({ tableFull: 2, synFlooding: 1, noLocalPort: 1, namespaces: new Set(['4026532287']) });
  });

  it('is nothing where nothing is known', () => {
    expect(read('hello\nworld: 5\n').holds).toEqual([]);
  });
});
