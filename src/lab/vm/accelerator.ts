import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { VmSpec } from '../../model/input/vm.ts';
import { atomicWrite } from '../../platform/atomic-write.ts';
import { within } from '../../platform/clock.ts';
import { spawn } from '../../platform/exec.ts';
import type { Log } from '../../platform/log.ts';
import { cacheFolder, kernelOf } from './packages.ts';
import { type Accelerator, CPU_OF, QEMU } from './qemu.ts';

/** Seconds in which a kernel has booted where KVM works: it takes one. */
const BOOT = 6;

/** KVM where it works, unless the scenario says which. */
export async function chooseAccelerator(vm: VmSpec, log: Log): Promise<Accelerator> {
  if (vm.accel !== 'auto') return vm.accel;
  return (await kvmWorks(vm, log)) ? 'kvm' : 'tcg';
}

/**
 * Whether a kernel boots by KVM here: there are machines where /dev/kvm can be opened and even the firmware runs, but the kernel
 * never gets to its first line. It boots without a file system, so it has to panic and end QEMU by itself. Tried once in the life
 * of this machine's kernel.
 */
export async function kvmWorks(vm: Pick<VmSpec, 'kernel' | 'modules'>, log: Log): Promise<boolean> {
  const known = join(cacheFolder(), 'kvm.json');
  const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  const before = readKnown(known);
  if (before?.boot === boot) return before.works;
  const { image } = await kernelOf(vm, log);
  const child = spawn([
    ...['setpriv', '--pdeathsig', 'KILL', QEMU, '-nodefaults', '-no-user-config', '-no-reboot', '-display', 'none'],
    ...['-machine', 'q35', '-accel', 'kvm', '-cpu', CPU_OF.kvm, '-m', '256M', '-serial', 'stdio'],
    ...['-kernel', image, '-append', 'console=ttyS0 panic=-1'],
  ]);
  let panicked = false;
  child.onLine((line) => {
    panicked ||= line.includes('Kernel panic');
  });
  const ended = await within(child.exited, BOOT);
  child.kill('SIGKILL');
  await child.exited;
  const works = ended && panicked;
  mkdirSync(cacheFolder(), { recursive: true, mode: 0o755 });
  atomicWrite(known, JSON.stringify({ boot, works }));
  return works;
}

function readKnown(file: string): { readonly boot: string; readonly works: boolean } | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return undefined;
  }
}
