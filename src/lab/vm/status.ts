import { accessSync, constants } from 'node:fs';
import { CtloadError, messageOf } from '../../platform/errors.ts';
import { execute } from '../../platform/exec.ts';
import { ExitCode } from '../../platform/exit-codes.ts';
import { requireTools } from '../../platform/tools.ts';
import type { Check } from '../checks.ts';
import { kvmWorks } from './accelerator.ts';
import { defaultKernelKnown, unpackedKernel } from './packages.ts';
import { QEMU, VM_TOOLS } from './qemu.ts';

const NAME = 'driver vm';

/** The line of `ctload doctor` about the vm driver. Downloads nothing; KVM is tried once a kernel is there. */
export async function checkVm(): Promise<Check> {
  try {
    requireVmSupport();
    const version = ((await execute([QEMU, '--version'])).split('\n')[0] ?? '').replace(/^QEMU emulator version /, 'QEMU ');
    if (unpackedKernel() === undefined) {
      if (await defaultKernelKnown())
        return { name: NAME, ok: true, detail: `${version}; the kernel is downloaded on first use` };
      const remedy = 'name one in the scenario: lab.vm.kernel and lab.vm.modules; on Debian: apt-get update';
      return { name: NAME, ok: false, detail: "apt does not know Debian's kernel for virtual machines", remedy };
    }
    const quiet = { info: () => {}, warn: () => {} };
    const how = (await kvmWorks({}, quiet)) ? 'KVM works' : 'no kernel boots with KVM here, so it is translated (TCG)';
    return { name: NAME, ok: true, detail: `${version}; ${how}` };
  } catch (error) {
    const hint = error instanceof CtloadError ? error.hint : undefined;
    return { name: NAME, ok: false, detail: messageOf(error), ...(hint === undefined ? {} : { remedy: hint }) };
  }
}

/** @throws {CtloadError} exit 112 where a command is missing, or `taps` are needed and this user cannot make them. */
export function requireVmSupport(taps = true): void {
  if (process.arch !== 'x64') {
    throw new CtloadError(`the vm driver runs on x86-64 only, not on ${process.arch}`, {
      hint: 'use --driver netns',
      exitCode: ExitCode.hostUnfit,
    });
  }
  requireTools(VM_TOOLS);
  if (!taps) return;
  try {
    accessSync('/dev/net/tun', constants.R_OK | constants.W_OK);
  } catch (cause) {
    throw new CtloadError(`/dev/net/tun cannot be opened: ${messageOf(cause)}`, {
      hint: 'as root: modprobe tun; without root, its owner has to permit it',
      exitCode: ExitCode.hostUnfit,
      cause,
    });
  }
}
