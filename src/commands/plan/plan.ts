import { reentryFor } from '../../lab/reentry.ts';
import type { PlanReport } from '../../model/result/plan/plan.ts';
import type { PlanTarget } from '../../model/result/plan/plan-targets.ts';
import { CtloadError, reasonOf, usageError } from '../../platform/errors.ts';
import { ExitCode } from '../../platform/exit-codes.ts';
import { stderrLog } from '../../platform/log.ts';
import { printable } from '../../platform/printable.ts';
import { planDocument } from '../../report/plan/plan-document.ts';
import { manifestFiles } from '../../report/plan/plan-manifests.ts';
import { requirementText } from '../../report/plan/plan-requirements.ts';
import { targetFiles } from '../../report/plan/targets/targets.ts';
import { loadScenario, type ScenarioInputs } from '../../scenario/load.ts';
import { makePlan, type PlanRequest } from '../../session/plan.ts';
import type { NodeFlags } from '../../session/planning/planned-node.ts';
import { planTrial } from '../../session/planning/verify.ts';
import { type Baseline, parseBaseline } from '../../sizing/gate/baseline.ts';
import { judge } from '../../sizing/gate/judge.ts';
import type { GateRule } from '../../sizing/gate/requirement.ts';
import { type KubeProxyFile, parseKubeProxyConfig } from '../../sizing/kube-proxy/kube-proxy-file.ts';
import type { ClusterFlags } from './cluster-flags.ts';
import { readSysctls } from './given-sysctl.ts';
import { planCluster } from './plan-cluster.ts';
import { runTrial } from './plan-trial.ts';
import { type PrintOptions, printed } from './print-plan.ts';
import { readGiven } from './read-given.ts';
import { readTables, type TableFlags } from './read-table.ts';

export interface PlanOptions
  extends ScenarioInputs,
    Omit<PrintOptions, 'color'>,
    Omit<PlanRequest, 'loaded' | 'node' | 'table' | 'command' | 'createdAt'> {
  /** The cluster whose nodes are planned for, in place of one node. */
  readonly cluster: ClusterFlags | undefined;
  readonly table: TableFlags;
  readonly node: Omit<NodeFlags, 'kubeProxyFile' | 'sysctl'>;
  readonly kubeProxyConfig: string | undefined;
  /** --sysctl, in order: files or key=value. */
  readonly sysctl: readonly string[];
  /** Run the load, scaled down, on this machine's kernel and compare. */
  readonly verify: boolean;
  /** --require */
  readonly requirements: readonly GateRule[];
  /** File of a plan that requirements compare with. */
  readonly baseline: string | undefined;
  /** Where files are wanted that set the table. */
  readonly write: readonly PlanTarget[];
  readonly color: { readonly stdout: boolean; readonly stderr: boolean };
}

/**
 * `ctload plan [FILE]`: prints the plan, of a node or of a cluster's nodes, to stdout and returns the exit code; 111 when `--verify` does not confirm it, else 99
 * when a requirement is not met.
 * @param argv the whole command line, to run it again where a lab can be built
 * @throws {CtloadError} exit 2 for flags that contradict each other, 104 for an invalid scenario; of a cluster, as planCluster.
 */
export async function plan(file: string | undefined, options: PlanOptions, argv: readonly string[]): Promise<ExitCode> {
  refuseUnread(file, options);
  const given = options.kubeProxyConfig === undefined ? undefined : readKubeProxyConfig(options.kubeProxyConfig);
  const baseline = options.baseline === undefined ? undefined : readBaseline(options.baseline);
  const command = ['ctload', ...argv.slice(2)].join(' ');
  const request = {
    ...options,
    loaded: file === undefined ? undefined : loadScenario(file, options),
    node: { ...options.node, kubeProxyFile: given, sysctl: readSysctls(options.sysctl) },
    command,
    createdAt: new Date(),
  };
  if (options.cluster !== undefined) {
    await planCluster(options.cluster, request, options);
    return ExitCode.ok;
  }
  const made = makePlan({ ...request, table: await readTables(options.table) });
  const requirements = judge(made.plan, options.requirements, baseline);
  const trial = options.verify ? planTrial(made.setting, made.forwarding, options) : undefined;
  const elsewhere = trial && (await reentryFor(trial.loaded.scenario.lab, stderrLog(options.quiet)));
  if (elsewhere !== undefined) {
    const paths = options.output === undefined ? [] : [options.output];
    return (await elsewhere(argv, () => ({ args: [], paths }))) as ExitCode;
  }
  const verdict = trial === undefined ? undefined : await runTrial(trial, { ...options, command });
  if (verdict?.interrupted === true) return ExitCode.aborted;
  const written = targetFiles(made.plan, options.write);
  const report: PlanReport = {
    ...made.plan,
    verification: verdict?.verification ?? null,
    requirements,
    writes: written.map(({ target, files, remarks }) => ({ target, files: Object.keys(files), remarks })),
    paste: manifestFiles(made.plan, given ?? null, written),
  };
  const documents = { short: planDocument(report, { paste: 'short' }), long: planDocument(report, { paste: 'all' }) };
  printed({ data: report, ...documents }, report.paste, options);
  const failed = requirements.filter(({ ok }) => !ok);
  for (const one of failed) process.stderr.write(`error: requirement not met: ${printable(requirementText(one))}\n`);
  if (report.verification?.ok === false) return ExitCode.generatorBound;
  return failed.length > 0 ? ExitCode.thresholds : ExitCode.ok;
}

/** @throws {CtloadError} exit 2 for a flag that changes a scenario, or a load, when there is none. */
function refuseUnread(file: string | undefined, { set = [], driver, variables = {}, verify }: PlanOptions): void {
  if (file !== undefined) return;
  const [name] = Object.keys(variables);
  const given = set[0] !== undefined ? `--set ${set[0]}` : name !== undefined ? `-e ${name}` : undefined;
  if (given !== undefined) throw unread(`${given} changes a scenario, and no scenario file is named`);
  if (driver !== undefined && !verify) throw unread(`--driver ${driver} is for a scenario or --verify, and neither is given`);
}

function unread(message: string): CtloadError {
  return usageError(
    message,
    'name a scenario file, or describe node and load with flags: --sysctl, --timeout, --rate, --websockets',
  );
}

function readKubeProxyConfig(file: string): KubeProxyFile {
  try {
    return parseKubeProxyConfig(readGiven(file), file);
  } catch (cause) {
    if (cause instanceof CtloadError) throw cause;
    throw new CtloadError(`cannot read --kube-proxy-config ${file}: ${reasonOf(cause)}`, {
      hint: 'name the file that kube-proxy reads, or a ConfigMap with it; - is stdin',
      exitCode: ExitCode.usage,
      cause,
    });
  }
}

function readBaseline(file: string): Baseline {
  let text: string;
  try {
    text = readGiven(file);
  } catch (cause) {
    throw usageError(`cannot read --baseline ${file}: ${reasonOf(cause)}`, 'name a file that ctload plan --json wrote', cause);
  }
  return parseBaseline(text, file);
}
