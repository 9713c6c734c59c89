import { join } from 'node:path';
import { reentryFor } from '../../lab/reentry.ts';
import type { PasteFiles, PlanReport } from '../../model/result/plan/plan.ts';
import type { PlanTarget } from '../../model/result/plan/plan-targets.ts';
import { atomicWrite } from '../../platform/atomic-write.ts';
import { CtloadError, reasonOf, usageError } from '../../platform/errors.ts';
import { ExitCode } from '../../platform/exit-codes.ts';
import { stderrLog } from '../../platform/log.ts';
import { mkdirp } from '../../platform/mkdirp.ts';
import { jsonText, printable } from '../../platform/printable.ts';
import { renderHtmlDocument } from '../../report/document/document-html.ts';
import { renderMarkdownDocument } from '../../report/document/document-markdown.ts';
import { renderTextDocument } from '../../report/document/document-text.ts';
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
import { readSysctls } from './given-sysctl.ts';
import type { PlanFormat } from './plan-formats.ts';
import { runTrial } from './plan-trial.ts';
import { readGiven } from './read-given.ts';
import { readTables, type TableFlags } from './read-table.ts';

export interface PlanOptions extends ScenarioInputs, Omit<PlanRequest, 'loaded' | 'node' | 'table' | 'command' | 'createdAt'> {
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
  readonly format: PlanFormat;
  /** Folder for the plan in every format and the files to paste. */
  readonly output: string | undefined;
  readonly quiet: boolean;
  readonly color: { readonly stdout: boolean; readonly stderr: boolean };
}

/**
 * `ctload plan [FILE]`: prints the plan to stdout and returns the exit code; 111 when `--verify` does not confirm it, else 99
 * when a requirement is not met.
 * @param argv the whole command line, to run it again where a lab can be built
 * @throws {CtloadError} exit 2 for flags that contradict each other, 104 for an invalid scenario.
 */
export async function plan(file: string | undefined, options: PlanOptions, argv: readonly string[]): Promise<ExitCode> {
  refuseUnread(file, options);
  const given = options.kubeProxyConfig === undefined ? undefined : readKubeProxyConfig(options.kubeProxyConfig);
  const baseline = options.baseline === undefined ? undefined : readBaseline(options.baseline);
  const command = ['ctload', ...argv.slice(2)].join(' ');
  const made = makePlan({
    ...options,
    loaded: file === undefined ? undefined : loadScenario(file, options),
    node: { ...options.node, kubeProxyFile: given, sysctl: readSysctls(options.sysctl) },
    table: await readTables(options.table),
    command,
    createdAt: new Date(),
  });
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
  if (options.output !== undefined) {
    writePlan(options.output, report);
    stderrLog(options.quiet).info(`plan: ${options.output}`);
  }
  process.stdout.write(render(report, options));
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

function render(report: PlanReport, { format, color }: Pick<PlanOptions, 'format' | 'color'>): string {
  switch (format) {
    case 'json':
      return jsonText(report);
    case 'markdown':
      return renderMarkdownDocument(planDocument(report, { paste: 'all' }));
    case 'html':
      return renderHtmlDocument(planDocument(report, { paste: 'all' }));
    case 'text':
      return renderTextDocument(planDocument(report, { paste: 'short' }), {
        color: color.stdout,
        width: process.stdout.columns || 100,
      });
  }
}

/** @throws {CtloadError} exit 2 when the folder cannot be written. */
function writePlan(folder: string, report: PlanReport): void {
  const plain = { stdout: false, stderr: false };
  const files: PasteFiles = {
    'plan.md': render(report, { format: 'markdown', color: plain }),
    'plan.html': render(report, { format: 'html', color: plain }),
    'plan.json': render(report, { format: 'json', color: plain }),
    ...report.paste,
  };
  try {
    mkdirp(folder);
    for (const [name, text] of Object.entries(files)) atomicWrite(join(folder, name), text);
  } catch (cause) {
    throw new CtloadError(`cannot write the plan to ${folder}: ${reasonOf(cause)}`, {
      hint: 'name a folder you may write to with --output DIR',
      exitCode: ExitCode.usage,
      cause,
    });
  }
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
