import { buildLab } from '../build.ts';
import type { LabInProgress, LabOptions } from '../lab.ts';
import { raiseGateway } from './gateway-scope.ts';
import { raiseWholeLab } from './lab-scope.ts';
import { requireVmSupport } from './status.ts';

/**
 * Builds a lab whose gateway is in a virtual machine with a kernel of its own, hence limits of its own. Client and backend are
 * network namespaces of this machine, joined to it by taps, or in the same virtual machine. Needs what namespaces need, and for
 * taps /dev/net/tun.
 * @throws {CtloadError} as createNetnsLab; exit 112 too when the guest does not boot.
 */
export async function createVmLab(options: LabOptions): Promise<LabInProgress> {
  const { vm } = options;
  if (vm === undefined) throw new Error('a lab with driver vm without its settings');
  requireVmSupport(vm.scope === 'gateway');
  const raise = vm.scope === 'gateway' ? raiseGateway : raiseWholeLab;
  return buildLab(options, (cleanup) => raise({ ...options, vm }, cleanup));
}
