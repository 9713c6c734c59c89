import { describe, expect, it } from 'vitest';
import { judgeIncident } from '../../../../src/analysis/incident/judge.ts';
import type { CapturedLog, CaptureFormat } from '../../../../src/model/timeline/captured.ts';
import { emptyLog } from '../../../../src/probe/captured/log-lines.ts';

type Values = Readonly<Record<string, number>>;

const QUIET = { found: 5, invalid: 0, insert_failed: 0, drop: 0, early_drop: 0, chainlength: 0 };
function judge(readings: Partial<Record<CaptureFormat, readonly Values[]>>, log: Partial<CapturedLog> = {}) {
  const all = Object.entries(readings).flatMap(([format, list]) =>
    (list ?? []).map((values) => ({ format: format as CaptureFormat, file: 'x', values: new Map(Object.entries(values)) })),
  );
  const { judged, ...rest } = judgeIncident({ readings: all, log: { ...emptyLog(), ...log } });
  return { ...rest, certainty: Object.fromEntries(judged.map((one) => [one.cause, one.certainty])) };
}

/** Two readings of conntrack -S, between which counters rise; some more things that were read. */
const rising = (rises: Values, more: Parameters<typeof judge>[0] = {}, log: Partial<CapturedLog> = {}) => {
  const later = Object.fromEntries(Object.entries(QUIET).map(([name, value]) => [name, value + (rises[name] ?? 0)]));
  return judge({ 'conntrack -S': [QUIET, later], ...more }, log);
};

describe('an incident', () => {
  it('was a full table where that is logged, whatever else is unknown', () => {
    const { kind, causes } = judge({}, { tableFull: 3, firstTableFull: 'a', lastTableFull: 'b' });
    expect({ kind, causes }).toEqual({ kind: 'found', causes: ['table-full'] });
  });

  it('was a full table where packets were dropped, and it was seen full', () => {
    const full = { sysctl: [{ entries: 100, nf_conntrack_max: 100 }] };
    expect(rising({ drop: 50 }, full).certainty['table-full']).toBe('certain');
    expect(rising({ drop: 50, early_drop: 1 }).causes).toEqual(['table-full', 'early-drop']);
  });

  it('is not known for certain where only drops were counted: memory may have been short', () => {
    const { kind, certainty, wanted } = rising({ drop: 50 });
    expect(kind).toBe('cannot-tell');
    expect(certainty['table-full']).toBe('likely');
    expect(wanted).toContain('kernel-log');
  });

  it('was no full table where all drops are refused insertions', () => {
    const { causes, certainty } = rising({ drop: 50, insert_failed: 50, found: 3 });
    expect(causes).toEqual([]);
    expect(certainty).toMatchObject({ 'table-full': 'no', 'insert-races': 'likely', 'snat-ports': 'possible' });
  });

  it('lacked ports of NAT, likely, where searches for one met many taken ones', () => {
    const { kind, certainty, wanted } = rising({ drop: 50, insert_failed: 50, found: 12_000 });
    expect(kind).toBe('cannot-tell');
    expect(certainty).toMatchObject({ 'snat-ports': 'likely', 'insert-races': 'possible', 'table-full': 'no' });
    expect(wanted).toContain('listing');
  });

  it('had chains too long, which are neither races nor ports', () => {
    const { causes, certainty } = rising({ insert_failed: 50, chainlength: 50 });
    expect(causes).toEqual(['hash-chains-full']);
    expect(certainty).toMatchObject({ 'insert-races': 'no', 'snat-ports': 'no', 'table-full': 'no' });
  });

  it('was not the table where it lost nothing, and something else is certain or not', () => {
    const network = (overflows: number) => ({ nstat: [{ TcpExtListenOverflows: 3 }, { TcpExtListenOverflows: overflows }] });
    expect(rising({}, network(3)).kind).toBe('not-the-table');
    expect(rising({}, network(9))).toMatchObject({ kind: 'found', causes: ['listen-queues'] });
  });

  it('is the older one where the log says full and this table dropped nothing meanwhile', () => {
    const { kind, certainty } = rising({}, {}, { tableFull: 3 });
    expect(kind).toBe('cannot-tell');
    expect(certainty['table-full']).toBe('possible');
  });

  it('cannot be told by one reading of counters that rose some time', () => {
    const { kind, certainty, wanted } = judge({ 'conntrack -S': [{ ...QUIET, drop: 7, early_drop: 2 }] });
    expect(kind).toBe('cannot-tell');
    expect(certainty).toMatchObject({ 'table-full': 'possible', 'early-drop': 'possible', 'insert-races': 'no' });
    expect(wanted).toContain('table-counters');
  });

  it('cannot be told by readings of two formats, which a report of a machine takes at once', () => {
    const values = { ...QUIET, drop: 7 };
    const { certainty } = judge({ 'conntrack -S': [values], '/proc/net/stat/nf_conntrack': [values] });
    expect(certainty['table-full']).toBe('possible');
  });

  it('cannot be told by readings that contradict each other', () => {
    const { contradictory, certainty } = judge({
      'conntrack -S': [
        { ...QUIET, drop: 100, found: 1 },
        { ...QUIET, drop: 5, found: 9 },
      ],
    });
    expect(contradictory).toEqual(['conntrack -S']);
    expect(certainty['table-full']).toBe('possible');
  });

  it.each<[name: string, certainty: string, sockets: number, logged: number]>([
    ['logged, and the range is full', 'certain', 27_000, 4],
    ['logged', 'likely', 500, 4],
    ['not logged, and the range is full', 'possible', 27_000, 0],
    ['not logged, and there are many left', 'no', 500, 0],
  ])('lacked local ports: %s', (_, certainty, sockets, noLocalPort) => {
    const read = { sysctl: [{ 'local ports': 28_232 }], sockets: [{ 'TCP sockets': sockets }] };
    expect(judge(read, { noLocalPort }).certainty['local-ports']).toBe(certainty);
  });

  it.each<[beLiberal: number, loose: number, resets: number, certainty: string]>([
    [0, 1, 5, 'likely'],
    [0, 1, 0, 'possible'],
    [1, 1, 5, 'no'],
    [1, 0, 5, 'likely'],
  ])('with INVALID packets, be_liberal %i and loose %i, %i resets', (beLiberal, loose, resets, certainty) => {
    const more = {
      nstat: [
        { TcpOutRsts: 0, TcpEstabResets: 0 },
        { TcpOutRsts: resets, TcpEstabResets: resets },
      ],
      sysctl: [{ nf_conntrack_tcp_be_liberal: beLiberal, nf_conntrack_tcp_loose: loose }],
    };
    expect(rising({ invalid: 5 }, more).certainty['invalid-resets']).toBe(certainty);
  });

  it('exceeded the allowance of the instance; readings of two devices are no rise', () => {
    const nic = (exceeded: number, packets: number) => ({ conntrack_allowance_exceeded: exceeded, rx_packets: packets });
    expect(rising({}, { 'ethtool -S': [nic(1, 10), nic(9, 20)] }).causes).toEqual(['conntrack-allowance']);
    expect(rising({}, { 'ethtool -S': [nic(9, 10), nic(1, 20)] }).certainty['conntrack-allowance']).toBe('possible');
  });
});
