import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { dependenciesOf, guestModules } from '../../../../src/lab/vm/modules.ts';

/** As much of a module as is read: the section .modinfo. */
const moduleOf = (depends: string) => Buffer.from(`\u007fELF\0license=GPL\0depends=${depends}\0retpoline=Y\0`, 'latin1');

it('reads what a module depends on, by the names that the kernel gives', () => {
  expect(dependenciesOf(moduleOf('nf_conntrack,nf-defrag-ipv4'))).toEqual(['nf_conntrack', 'nf_defrag_ipv4']);
  expect(dependenciesOf(moduleOf(''))).toEqual([]);
  expect(dependenciesOf(Buffer.from('no module'))).toEqual([]);
});

it('has every module after those that it needs; what is not there is built in', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'ctload-modules-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const put = (path: string, depends: string) => {
    mkdirSync(join(folder, path, '..'), { recursive: true });
    writeFileSync(join(folder, path), moduleOf(depends));
  };
  put('kernel/net/nf_nat.ko', 'nf_conntrack,libcrc32c');
  put('kernel/net/nf_conntrack.ko', 'nf-defrag-ipv4');
  put('kernel/net/nf_defrag_ipv4.ko', '');
  put('kernel/sound/unused.ko', '');
  put('kernel/net/ip_vs_rr.ko', 'ip_vs');
  put('kernel/net/ip_vs.ko', 'nf_conntrack,libcrc32c');
  const { always, onDemand } = await guestModules(folder);
  expect(always.map(({ name }) => name)).toEqual(['nf_defrag_ipv4', 'nf_conntrack', 'nf_nat']);
  expect(onDemand.get('ip_vs_rr')?.map(({ name }) => name)).toEqual(['ip_vs', 'ip_vs_rr']);
  expect(onDemand.get('wireguard')).toEqual([]);
});
