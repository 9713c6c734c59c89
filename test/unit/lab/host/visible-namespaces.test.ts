import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { podOf } from '../../../../src/lab/host/visible-namespaces.ts';

const ID = '3f2a5b8c9d01'.padEnd(64, '0');
const UID = '0b1c2d3e-4f50-4a6b-8c7d-9e0f1a2b3c4d';

/** A /proc of processes 1 and so on. */
function proc(...processes: readonly { readonly cgroup: string; readonly environ?: readonly string[] }[]): string {
  const folder = mkdtempSync(join(tmpdir(), 'ctload-proc-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  processes.forEach(({ cgroup, environ }, index) => {
    const at = join(folder, String(index + 1));
    mkdirSync(at);
    writeFileSync(join(at, 'cgroup'), `0::${cgroup}\n`);
    if (environ !== undefined) writeFileSync(join(at, 'environ'), environ.map((one) => `${one}\0`).join(''));
  });
  return folder;
}

it.each([
  ['cgroupfs', `/kubepods/besteffort/pod${UID}/${ID}`],
  ['systemd', `/kubepods.slice/kubepods-pod${UID.replaceAll('-', '_')}.slice/cri-containerd-${ID}.scope`],
  ['cgroupfs, seen from another pod', `/../../pod${UID}/${ID}`],
  ['a static pod', `/kubepods/burstable/pod${UID.replaceAll('-', '')}/${ID}`],
])('a namespace has the name of its pod: %s', (_, cgroup) => {
  const folder = proc({ cgroup, environ: ['PATH=/bin'] }, { cgroup, environ: ['MY_HOSTNAME=no', 'HOSTNAME=web-1', 'X=1'] });
  expect(podOf([1, 2], folder)).toBe('pod web-1');
});

it('has none elsewhere, where the pod does not say it, or says what is no name', () => {
  const cgroup = `/kubepods/pod${UID}/${ID}`;
  expect(podOf([1], proc({ cgroup: `/docker/${ID}`, environ: ['HOSTNAME=web-1'] }))).toBeUndefined();
  expect(podOf([1], proc({ cgroup }))).toBeUndefined();
  expect(podOf([1], proc({ cgroup, environ: ['HOSTNAME=web 1\x1b[31m'] }))).toBeUndefined();
  expect(podOf([], proc())).toBeUndefined();
  // The node's own programs came first: a pod in the node's network namespace does not give it its name.
  expect(
    podOf([1, 2], proc({ cgroup: '/system.slice/kubelet.service' }, { cgroup, environ: ['HOSTNAME=web-1'] })),
  ).toBeUndefined();
});
