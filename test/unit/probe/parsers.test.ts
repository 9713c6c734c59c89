import { describe, expect, it } from 'vitest';
import { parseMachineTicks, parseMemory, parseProcessSeconds } from '../../../src/probe/cpu.ts';
import { messageOfRecord, saysTableFull } from '../../../src/probe/kernel-log.ts';
import { netstatParser } from '../../../src/probe/nstat.ts';
import { ListingCount } from '../../../src/probe/states/listing.ts';

describe('/proc/net/snmp and netstat', () => {
  const snmp = (active: number, values = '2 64 -1') => `Ip: Forwarding DefaultTTL OutNoRoutes
Ip: 1 64 7
Tcp: RtoAlgorithm MaxConn ActiveOpens PassiveOpens RetransSegs
Tcp: ${values.split(' ')[0]} ${values.split(' ')[2]} ${active} 5 12
Udp: InDatagrams
Udp: 3
`;
  const read = (parser: ReturnType<typeof netstatParser>, text: string) => {
    const values: number[] = [];
    parser.parse(Buffer.from(text), values);
    return Object.fromEntries(parser.names.map((name, index) => [name, values[index]]));
  };

  it("names counters as nstat does and keeps the useful ones' values", () => {
    const text = snmp(40);
    expect(read(netstatParser(text), text)).toEqual({
      IpOutNoRoutes: 7,
      TcpActiveOpens: 40,
      TcpPassiveOpens: 5,
      TcpRetransSegs: 12,
      UdpInDatagrams: 3,
    });
  });

  it('follows values that grow longer', () => {
    expect(read(netstatParser(snmp(9)), snmp(123456))).toMatchObject({ TcpActiveOpens: 123456, TcpPassiveOpens: 5 });
  });

  it('notices that a protocol has joined the file', () => {
    const text = snmp(40);
    const grown = text.replace('Tcp: R', 'IcmpMsg: InType3\nIcmpMsg: 2\nTcp: R');
    const parser = netstatParser(text);
    expect(parser.parse(Buffer.from(grown), [])).toBe(false);
    expect(read(netstatParser(grown), grown)).toMatchObject({ TcpActiveOpens: 40 });
  });

  it('finds the counters of TcpExt', () => {
    const text =
      'TcpExt: SyncookiesSent PAWSTimewait ListenDrops TCPSynRetrans\nTcpExt: 1 619 2 3186\nIpExt: InOctets\nIpExt: 99\n';
    expect(read(netstatParser(text), text)).toEqual({
      TcpExtSyncookiesSent: 1,
      TcpExtPAWSTimewait: 619,
      TcpExtListenDrops: 2,
      TcpExtTCPSynRetrans: 3186,
    });
  });
});

describe('conntrack -L', () => {
  const lines = [
    'tcp      6 119 TIME_WAIT src=198.18.1.2 dst=198.18.8.1 sport=4 dport=80 src=198.18.2.2 dst=198.18.2.1 sport=80 dport=4 [ASSURED] mark=0 use=1',
    'tcp      6 431999 ESTABLISHED src=198.18.1.2 dst=198.18.8.1 sport=5 dport=80 src=198.18.2.2 dst=198.18.2.1 sport=80 dport=5 [ASSURED] mark=0 use=1',
    'tcp      6 118 SYN_SENT src=198.18.1.2 dst=198.18.8.1 sport=6 dport=80 [UNREPLIED] src=198.18.2.2 dst=198.18.2.1 sport=80 dport=6 mark=0 use=1',
    'udp      17 29 src=198.18.1.2 dst=198.18.8.1 sport=6 dport=53 [UNREPLIED] src=198.18.2.2 dst=198.18.2.1 sport=53 dport=6 mark=0 use=1',
    'icmp     1 29 src=198.18.1.2 dst=198.18.8.1 type=8 code=0 id=1 src=198.18.8.1 dst=198.18.1.2 type=0 code=0 id=1 mark=0 use=1',
  ];

  it('counts entries by TCP state, other protocols by name', () => {
    const count = new ListingCount();
    for (const line of [...lines, '']) count.add(line);
    expect(count.result()).toEqual({
      states: { TIME_WAIT: 1, ESTABLISHED: 1, SYN_SENT: 1, udp: 1, icmp: 1 },
      unreplied: 2,
      assured: 2,
    });
  });

  it('says how many are of IPv6 packets, as conntrack and as /proc write them', () => {
    const count = new ListingCount();
    count.add(lines[0] ?? '');
    count.add('tcp      6 118 ESTABLISHED src=2001:2:0:1800::2 dst=2001:2:0:1801::1 sport=6 dport=80 [ASSURED] mark=0 use=1');
    count.add('udp      17 29 src=2001:0002:0000:1800:0000:0000:0000:0002 dst=2001:0002::1 sport=6 dport=53 mark=0 use=1');
    expect(count.result()).toMatchObject({ ipv6: 2 });
    expect(count.result(2)).toMatchObject({ ipv6: 4 });
  });
});

describe('CPU and memory', () => {
  it('counts stolen time as busy, guest time once, I/O wait as idle', () => {
    const text = 'cpu  100 10 50 800 20 5 15 30 40 7\ncpu0 1 2 3 4 5 6 7 8 9 10\n';
    expect(parseMachineTicks(text)).toEqual({ total: 1030, busy: 210, softirq: 15 });
  });

  it('reads a process whose name holds spaces and parentheses, with the children it waited for', () => {
    const fields = Array.from({ length: 11 }, (_, index) => index).join(' ');
    expect(parseProcessSeconds(`4711 (node (x) y) ${fields} 150 50 20 30 20 0 11 0`)).toBe(2.5);
  });

  it('reads total and available memory in bytes', () => {
    const text = 'MemTotal:       24000 kB\nMemFree:  1 kB\nMemAvailable:   12000 kB\n';
    expect(parseMemory(text)).toEqual({ totalBytes: 24_576_000, availableBytes: 12_288_000 });
  });
});

describe('the kernel log', () => {
  const full = 'nf_conntrack: nf_conntrack: table full in netns 4026532315, dropping packet';

  it('gives the text of a /dev/kmsg record without its attributes', () => {
    expect(messageOfRecord(`4,1042,99123,-;${full}\n SUBSYSTEM=net\n`)).toBe(full);
  });

  it("takes this lab's lines and leaves others'", () => {
    expect(saysTableFull(full, 4026532315)).toBe(true);
    expect(saysTableFull(full, 4026531840)).toBe(false);
    expect(saysTableFull('net_ratelimit: 12 callbacks suppressed', 4026532315)).toBe(false);
  });

  it('takes lines of kernels before 6.17, which name no namespace', () => {
    expect(saysTableFull('nf_conntrack: nf_conntrack: table full, dropping packet', 4026532315)).toBe(true);
  });
});
