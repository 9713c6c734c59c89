import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { type CpioEntry, cpio } from '../../../../src/lab/vm/cpio.ts';

const FILES: [string, CpioEntry][] = [
  ['/init', { bytes: Buffer.from('#!/bin/sh\n'), executable: true }],
  ['/usr/lib/a.so', { bytes: Buffer.from('abc') }],
  ['/usr/lib/b.so', { bytes: Buffer.alloc(0) }],
  ['/bin/sh', { link: 'busybox' }],
];

/** Name, mode and bytes of each record, read by the format's description. */
function records(archive: Buffer): [name: string, mode: number, bytes: string][] {
  const found: [string, number, string][] = [];
  for (let at = 0; at < archive.length; ) {
    expect(archive.toString('latin1', at, at + 6)).toBe('070701');
    const field = (index: number) => Number.parseInt(archive.toString('latin1', at + 6 + 8 * index, at + 14 + 8 * index), 16);
    const name = archive.toString('utf8', at + 110, at + 110 + field(11) - 1);
    const start = (at + 110 + field(11) + 3) & ~3;
    found.push([name, field(1), archive.toString('utf8', start, start + field(6))]);
    at = (start + field(6) + 3) & ~3;
  }
  return found;
}

describe('a cpio archive', () => {
  it('holds folders before what is in them, files, links, and ends with a trailer', () => {
    expect(records(Buffer.concat([...cpio(FILES)]))).toEqual([
      ['init', 0o100755, '#!/bin/sh\n'],
      ['usr', 0o040755, ''],
      ['usr/lib', 0o040755, ''],
      ['usr/lib/a.so', 0o100644, 'abc'],
      ['usr/lib/b.so', 0o100644, ''],
      ['bin', 0o040755, ''],
      ['bin/sh', 0o120777, 'busybox'],
      ['TRAILER!!!', 0, ''],
    ]);
  });

  it('keeps a file whose size is no multiple of four', () => {
    const bytes = execFileSync(process.execPath, ['-p', '"x".repeat(4097)']);
    expect(records(Buffer.concat([...cpio([['/f', { bytes }]])]))[0]).toEqual(['f', 0o100644, bytes.toString()]);
  });
});
