import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { diagnose } from '../../../../src/commands/diagnose/diagnose.ts';
import { violations } from '../../../schemas/violations.ts';

let folder = '';
let printed = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ctload-diagnose-'));
  printed = '';
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    printed += text;
    return true;
  });
});
afterEach(() => {
  vi.restoreAllMocks();
  rmSync(folder, { recursive: true });
});

const statistics = (drop: number) =>
  `cpu=0 found=0 invalid=0 insert=0 insert_failed=0 drop=${drop} early_drop=0 error=0 search_restart=0 clash_resolve=0 chaintoolong=0\n`;
const FULL = '[1.5] nf_conntrack: nf_conntrack: table full, dropping packet\n';

function put(name: string, content: string | Uint8Array): string {
  const path = join(folder, name);
  mkdirSync(join(path, '..'), { recursive: true });
  writeFileSync(path, content);
  return path;
}

it('reads a folder, gzip too, leaves out what it does not know, and says what was certain', async () => {
  put('sos/conntrack_-S', statistics(0) + statistics(812));
  put('sos/logs/dmesg.gz', gzipSync(FULL));
  put('sos/etc/hostname', 'node1\n');
  put('sos/data', new Uint8Array([0, 1, 2]));
  expect(await diagnose([join(folder, 'sos')], {}, { format: 'json', color: false })).toBe(0);
  const diagnosis = JSON.parse(printed);
  expect(violations('diagnosis', diagnosis)).toEqual([]);
  expect(diagnosis.conclusion).toMatchObject({ kind: 'found', causes: ['table-full'] });
  expect(diagnosis.sources.map((source: { holds: unknown }) => source.holds)).toEqual([['conntrack -S (2)'], ['kernel log']]);
  expect(diagnosis.findings[0].evidence.join(' ')).toMatch(/logged a full table 1 time.*812 packets found no free entry/);
});

it.each(['text', 'markdown', 'html'] as const)(
  'prints %s: the answer, and what to collect when it cannot tell',
  async (format) => {
    expect(await diagnose([put('s.txt', statistics(9))], {}, { format, color: false })).toBe(111);
    expect(printed.replaceAll(/\s+/g, ' ')).toContain('What was read is not enough to tell.');
    expect(printed.replaceAll(/\s+/g, ' ')).toContain('Two readings of conntrack -S');
  },
);

it('refuses what is not there, and what says nothing', async () => {
  await expect(diagnose([join(folder, 'none')], {}, { format: 'text', color: false })).rejects.toThrow(
    /cannot read .*none: no such file/,
  );
  await expect(diagnose([put('x', 'hello\n')], {}, { format: 'text', color: false })).rejects.toThrow(
    /no counter, setting or log of the kernel/,
  );
});

it('refuses nothing to read, and flags of a Prometheus that is not named', async () => {
  const options = { format: 'text', color: false } as const;
  await expect(diagnose([], {}, options)).rejects.toThrow('nothing to read');
  await expect(diagnose([], { from: { ago: 60 } }, options)).rejects.toThrow('are for --prometheus URL');
  await expect(diagnose([], { prometheus: 'http://127.0.0.1:9' }, options)).rejects.toThrow('--prometheus needs --from TIME');
});
