import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { readOwnLimits, setOwnLimits } from '../../../../src/lab/capacity/own-kernel.ts';
import { sysctlPath } from '../../../../src/lab/host/sysctls.ts';
import type { ConntrackSpec } from '../../../../src/model/input/scenario.ts';
import { type Host, hostBy, spawn } from '../../../../src/platform/exec.ts';
import { ExitCode } from '../../../../src/platform/exit-codes.ts';

const MAX = sysctlPath('net.netfilter.nf_conntrack_max');
const BUCKETS = sysctlPath('net.netfilter.nf_conntrack_buckets');
const KERNEL = { [MAX]: '8192', [BUCKETS]: '8192', '/proc/sys/kernel/osrelease': '6.1.0-1-amd64' };
const meminfo = (mebibytes: number) => ({ '/proc/meminfo': `MemTotal: 9 kB\nMemAvailable:   ${mebibytes * 1024} kB` });

/** A host on whose processes /proc has `files` only, and how one of them reads afterwards. */
function hostWith(files: Readonly<Record<string, string>>): Host & { read(path: string): string } {
  const root = mkdtempSync(join(tmpdir(), 'ctload-kernel-'));
  onTestFinished(() => rmSync(root, { recursive: true }));
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(root + path), { recursive: true });
    writeFileSync(root + path, `${content}\n`);
  }
  const elsewhere = 'sed -u "s#/proc/#$0/proc/#g" | "$@" | sed -u "s#$0##g"';
  const host = hostBy('gateway', (argv) =>
    spawn(['bash', '-o', 'pipefail', '-c', elsewhere, root, ...argv.map((arg) => arg.replaceAll('/proc/', `${root}/proc/`))]),
  );
  return { ...host, read: (path) => readFileSync(root + path, 'utf8').trim() };
}

const SPEC: ConntrackSpec = { max: 500, buckets: 'auto', method: 'auto', leaseWaitSeconds: 0, prefill: 0, timeouts: {} };
const go = new AbortController().signal;

describe('the table of a gateway with a kernel of its own', () => {
  it.each(['auto', 'sysctl'] as const)(
    'gets its size by that kernel’s limits, whether the method is %s or not',
    async (method) => {
      const gateway = hostWith({ ...KERNEL, ...meminfo(500) });
      expect(await setOwnLimits(gateway, { ...SPEC, method }, go)).toEqual({
        method: 'own-kernel',
        why: 'the gateway has a kernel of its own',
        max: 500,
        buckets: 500,
        ballast: 0,
        effectiveMax: 500,
        prefilled: 0,
      });
      expect([gateway.read(MAX), gateway.read(BUCKETS)]).toEqual(['500', '500']);
    },
  );

  it('may be larger than the kernel chose, and have other buckets', async () => {
    const gateway = hostWith({ ...KERNEL, ...meminfo(500) });
    const capacity = await setOwnLimits(gateway, { ...SPEC, max: 20_000, buckets: 1024 }, go);
    expect(capacity).toMatchObject({ method: 'own-kernel', max: 20_000, buckets: 1024, effectiveMax: 20_000 });
  });

  it('keeps its limits with ballast, which is none when they are those asked for', async () => {
    const gateway = hostWith({ ...KERNEL, ...meminfo(500) });
    const capacity = await setOwnLimits(gateway, { ...SPEC, max: 8192, buckets: 1024, method: 'ballast' }, go);
    expect(capacity).toMatchObject({ method: 'ballast', max: 8192, buckets: 8192, ballast: 0, effectiveMax: 8192 });
    expect(gateway.read(BUCKETS)).toBe('8192');
  });

  it('cannot get larger by ballast', async () => {
    await expect(
      setOwnLimits(hostWith({ ...KERNEL, ...meminfo(500) }), { ...SPEC, max: 8193, method: 'ballast' }, go),
    ).rejects.toMatchObject({
      message: "gateway.conntrack.max 8,193 exceeds the gateway's own nf_conntrack_max of 8,192, which ballast cannot raise",
      hint: 'use --set gateway.conntrack.method=sysctl',
      exitCode: ExitCode.hostUnfit,
    });
  });

  it.each([
    ['6.1.0-1-amd64', 392],
    ['5.10.0-1-amd64', 456],
    ['unheard of', 456],
  ])('has to fit into the memory that is left there, with the entries of kernel %s', async (osrelease, needed) => {
    const kernel = { ...KERNEL, '/proc/sys/kernel/osrelease': osrelease };
    const spec: ConntrackSpec = { ...SPEC, max: 2 ** 20 };
    const small = hostWith({ ...kernel, ...meminfo(needed - 1) });
    await expect(setOwnLimits(small, spec, go)).rejects.toMatchObject({
      message: `a full table of 1,048,576 entries takes ${needed} MiB of kernel memory; only ${needed - 1} MiB is available`,
      hint: expect.stringMatching(
        /^use --set gateway\.conntrack\.max=\d+ or less, or give the gateway more with lab\.vm\.memory$/,
      ),
      exitCode: ExitCode.hostUnfit,
    });
    expect(small.read(MAX)).toBe('8192');
    const enough = await setOwnLimits(hostWith({ ...kernel, ...meminfo(needed) }), spec, go);
    expect(enough.max).toBe(2 ** 20);
  });

  it('needs conntrack in that kernel', async () => {
    await expect(readOwnLimits(hostWith(meminfo(500)))).rejects.toMatchObject({
      message: "the gateway's kernel has no nf_conntrack",
      hint: 'its kernel needs the module nf_conntrack',
      exitCode: ExitCode.hostUnfit,
    });
  });
});
