import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { Allowances } from '../../../../src/session/watch/allowances.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ctload-allowances-'));
  for (const [device, driver] of [
    ['ens5', 'ena'],
    ['eth1', 'virtio_net'],
  ] as const) {
    mkdirSync(join(folder, 'net', device, 'device'), { recursive: true });
    symlinkSync(`../../../drivers/${driver}`, join(folder, 'net', device, 'device/driver'));
  }
  mkdirSync(join(folder, 'net', 'lo'));
  vi.stubEnv('PATH', `${folder}:${process.env['PATH']}`);
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true });
});

/** As ena_ethtool.c prints them; there is no such device here. */
function ethtool(exceeded: number): void {
  const text = `NIC statistics:\n     total_resets: 0\n     conntrack_allowance_exceeded: ${exceeded}\n     conntrack_allowance_available: 136812\n`;
  writeFileSync(join(folder, 'ethtool'), `#!/bin/sh\n[ "$*" = '-S ens5' ] && cat <<'END'\n${text}END\n`);
  chmodSync(join(folder, 'ethtool'), 0o755);
}

it('reads the devices of ENA, every 5 s, and counts from the start', async () => {
  ethtool(7);
  const allowances = new Allowances(join(folder, 'net'));
  expect(allowances.read(0)).toEqual([]);
  await allowances.finish();
  expect(allowances.read(1)).toEqual([{ device: 'ens5', available: 136_812, exceeded: 7, exceededSince: 0 }]);
  ethtool(12);
  allowances.read(5);
  await allowances.finish();
  expect(allowances.read(6)).toEqual([{ device: 'ens5', available: 136_812, exceeded: 12, exceededSince: 5 }]);
});

it('says that it does not know where ethtool shows nothing', async () => {
  writeFileSync(join(folder, 'ethtool'), '#!/bin/sh\nexit 1\n', { mode: 0o755 });
  const allowances = new Allowances(join(folder, 'net'));
  allowances.read(0);
  await allowances.finish();
  expect(allowances.read(1)).toEqual([{ device: 'ens5', available: null, exceeded: null, exceededSince: null }]);
});

it('starts nothing where there is no such device', async () => {
  const allowances = new Allowances(join(folder, 'none'));
  allowances.read(0);
  await allowances.finish();
  expect(allowances.read(1)).toEqual([]);
});
