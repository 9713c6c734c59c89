import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import type { ConntrackRecord } from '../../src/model/timeline/sample.ts';
import { execute } from '../../src/platform/exec.ts';
import { bundled } from '../fixtures/bundled.ts';
import { expectBalanced, runScenario, unfit } from './support/ctload.ts';
import { skipFor } from './support/skip.ts';

const NETNS = `netlink-${process.pid}`;
const OWN = '/proc/self/net/stat/nf_conntrack';
const folder = mkdtempSync(join(tmpdir(), 'ctload-netlink-'));

/** For every Node process of a run, as if the kernel did not have the file. */
const HIDE = `
const fs = require('node:fs');
for (const name of ['openSync', 'readFileSync']) {
  const real = fs[name];
  fs[name] = (path, ...rest) => {
    if (!String(path).endsWith('/net/stat/nf_conntrack')) return real(path, ...rest);
    throw Object.assign(new Error('ENOENT: no such file or directory, open ' + path), { code: 'ENOENT' });
  };
}
require('node:module').syncBuiltinESMExports();
`;

/** What `expression` gives in that namespace; `hidden`: with an empty folder mounted over the statistics of its table. */
async function evaluate(expression: string, hidden = false): Promise<unknown> {
  const script = `
import { NetlinkTable } from '${await bundled('probe/netlink-table.ts')}';
import { openOwnTable, StatFileTable } from '${await bundled('probe/table.ts')}';
console.log(JSON.stringify(${expression}));`;
  const hide = 'mount -t tmpfs none /proc/$$/net && exec "$@"'; // a mount on the file alone does not stay: proc looks it up anew
  const wrapped = hidden ? ['unshare', '--mount', 'sh', '-c', hide, 'sh'] : [];
  const node = [process.execPath, '--input-type=module', '--eval', script];
  return JSON.parse(await execute(['ip', 'netns', 'exec', NETNS, ...wrapped, ...node]));
}

describe('a kernel without /proc/net/stat/nf_conntrack', skipFor(unfit), () => {
  beforeAll(async () => {
    await execute(['ip', 'netns', 'add', NETNS]);
    const file = join(folder, 'entries');
    const lines = Array.from(
      { length: 300 },
      (_, i) => `-A -s 198.18.1.1 -d 198.18.0.1 -p tcp --sport ${1024 + i} --dport 80 --state SYN_SENT -t 3600`,
    );
    writeFileSync(file, `${lines.join('\n')}\n`);
    await execute(['ip', 'netns', 'exec', NETNS, 'conntrack', '--load-file', file]);
  });
  afterAll(async () => {
    await execute(['ip', 'netns', 'delete', NETNS]);
    rmSync(folder, { recursive: true });
  });

  it('has the same figures by ctnetlink', async () => {
    const both = `[new StatFileTable('${OWN}', 'gateway').sample(1), new NetlinkTable('gateway').sample(1)]`;
    const [file, netlink] = (await evaluate(both)) as ConntrackRecord[];
    expect(netlink).toMatchObject({ entries: 300, insert: 300 });
    expect(netlink).toEqual(file);
  });

  it('is read by ctnetlink where something is mounted over it', async () => {
    expect(await evaluate("openOwnTable('gateway').constructor.name")).toBe('StatFileTable');
    expect(await evaluate("openOwnTable('gateway').constructor.name", true)).toBe('NetlinkTable');
    expect(await evaluate("openOwnTable('gateway').sample(1)", true)).toMatchObject({ entries: 300, insert: 300, drop: 0 });
  });

  it('gives the same verdict', async () => {
    const shim = join(folder, 'hide.cjs');
    writeFileSync(shim, HIDE);
    vi.stubEnv('NODE_OPTIONS', `--require ${shim}`);
    onTestFinished(() => void vi.unstubAllEnvs());
    // Ballast, as the namespace above is in the way of a lease: entries that stay, whatever gc does after another full table.
    const { summary } = await runScenario('smoke.yaml', ['--set', 'floods.requests.kind=long']);
    expect(summary.verdict).toMatchObject({ kind: 'broke', validity: 'valid', cause: 'conntrack-full' });
    expect(summary.conntrack).toMatchObject({ intervalMs: 100, peakEntries: summary.conntrack.effectiveMax });
    expect(Object.keys(summary.conntrack.otherTables)).toEqual(['client', 'backend', 'host']);
    expectBalanced(summary);
  });
});
