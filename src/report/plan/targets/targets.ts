import type { PlanTarget } from '../../../model/result/plan/plan-targets.ts';
import { aksFiles } from './aks.ts';
import { bottlerocketFiles } from './bottlerocket.ts';
import { cloudwatchFiles } from './cloudwatch.ts';
import { eksFiles } from './eks.ts';
import { k3sFiles } from './k3s.ts';
import { kopsFiles } from './kops.ts';
import { systemdFiles } from './systemd.ts';
import { talosFiles } from './talos.ts';
import type { PlannedTable, TargetFiles } from './target.ts';

const FILES: Readonly<Record<PlanTarget, (plan: PlannedTable) => TargetFiles>> = {
  aks: aksFiles,
  bottlerocket: bottlerocketFiles,
  cloudwatch: cloudwatchFiles,
  eks: eksFiles,
  k3s: k3sFiles,
  kops: kopsFiles,
  systemd: systemdFiles,
  talos: talosFiles,
};

/** The files of each target that set the plan's table there. */
export function targetFiles(
  plan: PlannedTable,
  targets: readonly PlanTarget[],
): (TargetFiles & { readonly target: PlanTarget })[] {
  return targets.map((target) => ({ target, ...FILES[target](plan) }));
}
