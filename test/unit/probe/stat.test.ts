import { describe, expect, it } from 'vitest';
import { noReading, statParser } from '../../../src/probe/stat.ts';

const HEADER_6_18 =
  'entries  clashres found new invalid ignore delete chainlength insert insert_failed drop early_drop icmp_error  expect_new expect_create expect_delete search_restart';

function read(text: string) {
  const bytes = Buffer.from(text);
  const reading = noReading();
  statParser(text.slice(0, text.indexOf('\n')))(bytes, bytes.length, reading);
  return reading;
}

describe('/proc/net/stat/nf_conntrack', () => {
  it('sums the counters of all CPUs and takes the entries once', () => {
    const text = `${HEADER_6_18}
00001000  00000001 00000002 00000000 00000003 00000000 00000000 00000004 00000005 00000006 00000c72 00000007 00000008  00000000 00000000 00000000 00000009
00001000  00000010 00000000 00000000 00000000 00000000 00000000 00000000 00000000 00000000 00000001 00000000 00000000  00000000 00000000 00000000 000000ff
`;
    expect(read(text)).toEqual({
      entries: 4096,
      clashResolve: 17,
      found: 2,
      invalid: 3,
      chainTooLong: 4,
      insert: 5,
      insertFailed: 6,
      drop: 3187,
      earlyDrop: 7,
      error: 8,
      searchRestart: 264,
    });
  });

  it('reads counters that use all 32 bits, in either case of letters', () => {
    const reading = read('entries drop\nFFFFFFFF fffffffe\nFFFFFFFF 00000001\n');
    expect(reading).toMatchObject({ entries: 4294967295, drop: 4294967295 });
  });

  it("understands older kernels' column names, wherever they stand", () => {
    const reading = read(
      'entries  searched found delete_list early_drop drop\n0000000a  00000002 00000001 00000003 00000004 00000005\n',
    );
    expect(reading).toMatchObject({ entries: 10, clashResolve: 2, found: 1, chainTooLong: 3, earlyDrop: 4, drop: 5 });
  });

  it('leaves a counter the kernel lacks at 0', () => {
    expect(read('entries drop\n00000001 00000002\n')).toMatchObject({ insertFailed: 0, searchRestart: 0 });
  });

  it('ignores what is left in the buffer from a longer reading', () => {
    const text = 'entries drop\n00000001 00000002\n';
    const bytes = Buffer.from(`${text}00000001 00000002\n`);
    const reading = noReading();
    statParser('entries drop')(bytes, text.length, reading);
    expect(reading.drop).toBe(2);
  });

  it('refuses another file', () => {
    expect(() => statParser('cpu  user nice system')).toThrow('no column "entries"');
  });
});
