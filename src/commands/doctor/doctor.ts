import {
  type Check,
  checkBallastMethod,
  checkConntrack,
  checkDataplanes,
  checkKernel,
  checkLeftovers,
  checkMachine,
  checkPrivilege,
  checkProxies,
  checkSysctlMethod,
  checkTools,
} from '../../lab/checks.ts';
import { checkDocker } from '../../lab/docker/status.ts';
import { needsUserNamespace } from '../../lab/netns/rootless.ts';
import { checkVm } from '../../lab/vm/status.ts';
import { ExitCode } from '../../platform/exit-codes.ts';
import { jsonText, printable } from '../../platform/printable.ts';
import { checkRuntime } from './runtime.ts';

/** What `ctload doctor --json` prints, schema `ctload/doctor@1`. Keys are added, never renamed. */
export interface Diagnosis {
  readonly schema: 'ctload/doctor@1';
  /** Whether this host can run a lab, with any driver. */
  readonly ok: boolean;
  /** One sentence that names the drivers this host can use, or says that there are none. */
  readonly conclusion: string;
  /** Every check that was made, passed or not. */
  readonly checks: readonly Check[];
}

/** `ctload doctor`: prints what this host can run and why not; returns 0, or 112 when it cannot run a lab at all. */
export async function doctor({ json }: { readonly json: boolean }): Promise<ExitCode> {
  const conntrack = await checkConntrack();
  const [tools, allDataplanes, proxies, privilege, sysctl, docker, vm] = await Promise.all([
    checkTools(),
    checkDataplanes(),
    checkProxies(),
    checkPrivilege(),
    checkSysctlMethod(),
    checkDocker(),
    checkVm(),
  ]);
  const ballast = checkBallastMethod();
  const required = [checkKernel(), conntrack, privilege, ...tools];
  const checks = [
    ...required,
    ...allDataplanes,
    ...proxies,
    sysctl,
    ballast,
    docker,
    vm,
    ...checkRuntime(),
    ...checkMachine(),
    checkLeftovers(),
  ];
  const dataplanes = allDataplanes.filter((check) => check.ok);
  const methods = [sysctl, ballast].filter((check) => check.ok);
  const netns = required.every((check) => check.ok) && dataplanes.length > 0 && methods.length > 0;
  const drivers = [
    ...(netns
      ? [`netns (${needsUserNamespace() ? 'rootless' : 'root'}; ${[...methods, ...dataplanes].map(lastWord).join(', ')})`]
      : []),
    ...(docker.ok ? ['docker'] : []),
    ...(vm.ok && required.every((check) => check.ok) ? ['vm'] : []),
  ];
  const fit = drivers.length > 0;
  const conclusion = fit
    ? `this host can run: ${drivers.join(', ')}`
    : 'this host cannot run a lab yet; fix the checks marked "no"';
  return tell({ ok: fit, conclusion, checks }, json);
}

/** `ctload doctor --driver kubernetes`: the same of the cluster that kubectl would use. */
export async function doctorOfCluster({ json }: { readonly json: boolean }): Promise<ExitCode> {
  const { checkCluster } = await import('../../lab/kubernetes/status.ts');
  const checks = await checkCluster();
  const ok = checks.every((check) => check.ok);
  const conclusion = ok ? 'this cluster can run: kubernetes' : 'this cluster cannot run a lab yet; fix the checks marked "no"';
  return tell({ ok, conclusion, checks }, json);
}

function tell(found: Omit<Diagnosis, 'schema'>, json: boolean): ExitCode {
  const diagnosis: Diagnosis = { schema: 'ctload/doctor@1', ...found };
  process.stdout.write(json ? jsonText(diagnosis) : printable(`${table(found.checks)}\n\n${found.conclusion}\n`));
  return found.ok ? ExitCode.ok : ExitCode.hostUnfit;
}

function table(checks: readonly Check[]): string {
  const width = Math.max(...checks.map((check) => check.name.length));
  return checks
    .map(({ name, ok, detail, remedy }) => {
      const line = `${ok ? 'ok' : 'no'}  ${name.padEnd(width)}  ${detail}`;
      return remedy === undefined ? line : `${line}\n    ${' '.repeat(width)}  → ${remedy}`;
    })
    .join('\n');
}

/** `method sysctl` → `sysctl`. */
function lastWord(check: Check): string {
  return check.name.split(' ').at(-1) ?? check.name;
}
