import { type Outputs, onOutsideGone, reentryFor } from '../../lab/reentry.ts';
import type { MatrixReport } from '../../model/result/campaign/matrix.ts';
import { CtloadError, usageError } from '../../platform/errors.ts';
import { ExitCode } from '../../platform/exit-codes.ts';
import { type Log, stderrLog } from '../../platform/log.ts';
import { jsonText } from '../../platform/printable.ts';
import { renderHtmlDocument } from '../../report/document/document-html.ts';
import { renderMarkdownDocument } from '../../report/document/document-markdown.ts';
import { renderTextDocument } from '../../report/document/document-text.ts';
import { createLiveView } from '../../report/live/live.ts';
import { matrixDocument } from '../../report/matrix/document.ts';
import { trialLine } from '../../report/wording/find.ts';
import { type LoadedScenario, loadScenario, type ScenarioInputs } from '../../scenario/load.ts';
import {
  commonVariable,
  type LoadedVariant,
  loadVariants,
  requireLabs,
  type VariantLoader,
  withOneLab,
} from '../../session/campaign/variants.ts';
import { findLimit } from '../../session/find.ts';
import { KeptLab } from '../../session/kept-lab.ts';
import { type MatrixRequest, runMatrix } from '../../session/matrix.ts';
import { Interrupts } from '../../session/measure/interrupts.ts';
import { resultsFolder } from '../../session/results/results.ts';
import { runScenario } from '../../session/run.ts';
import { exitCodeOf, worstExitCode } from '../exit-code.ts';
import { MATRICES, publishing, writeOutput } from '../publish.ts';
import { teardownError } from '../teardown.ts';
import { trialView } from '../trial-view.ts';

export interface MatrixOptions extends ScenarioInputs {
  /** Number of runs of each variant. */
  readonly repeat: number;
  /** Also searches every variant for the highest value that holds. */
  readonly find: boolean;
  /** Folder of a matrix to continue. */
  readonly resume?: string | undefined;
  readonly output?: string | undefined;
  /** Prints Markdown instead of text. */
  readonly markdown: boolean;
  /** Also writes a page there. */
  readonly html?: string | undefined;
  readonly junitFile?: string | undefined;
  readonly quiet: boolean;
  readonly json: boolean;
  readonly color: { readonly stdout: boolean; readonly stderr: boolean };
}

/**
 * `ctload matrix FILE`: runs every variant of the scenario several times, prints how they compare, and returns the exit code.
 * @param argv the whole command line, to run it again where the lab can be built
 */
export async function matrix(file: string, options: MatrixOptions, argv: readonly string[]): Promise<ExitCode> {
  if (options.resume !== undefined && options.output !== undefined) {
    throw usageError('--output cannot be combined with --resume, which goes on in its own folder', 'give one of the two');
  }
  const log = stderrLog(options.quiet);
  const command = ['ctload', ...argv.slice(2)].join(' ');
  return await publishing(MATRICES, { ...options, scenario: file, command }, log, async (publish) => {
    if (options.html !== undefined) writePage(options.html, ''); // a place that cannot be written to fails now, not after the runs
    const { base, variants } = load(file, options);
    const searchVariable = options.find ? commonVariable(variants) : undefined;
    const [first = base] = variants.map(({ loaded }) => loaded);
    const elsewhere = await reentryFor(first.scenario.lab, log);
    if (elsewhere !== undefined) return (await elsewhere(argv, () => outputs(base, options))) as ExitCode;
    await requireLabs(variants);
    return await matrixHere(base, { variants, searchVariable }, options, { command, log, publish });
  });
}

/** @throws {CtloadError} exit 104 for a scenario without variants, or with some that are not valid or need different labs. */
function load(file: string, options: MatrixOptions): { base: LoadedScenario; variants: readonly LoadedVariant[] } {
  const base = loadScenario(file, options);
  const loadVariant: VariantLoader = (variant, trial = []) => loadScenario(file, { ...options, variant, trial });
  const variants = withOneLab(loadVariants(base, loadVariant), loadVariant);
  if (variants.length > 0) return { base, variants };
  throw new CtloadError(`${file}: variants: there are none to compare`, {
    hint: 'add some, e.g. variants: {small: {}, large: {set: {gateway.conntrack.max: 8192}}}',
    exitCode: ExitCode.invalidScenario,
  });
}

function folderOf({ scenario }: LoadedScenario, { resume, output }: MatrixOptions): string {
  return resume ?? resultsFolder(`matrix-${scenario.name}`, new Date(), output);
}

function outputs(base: LoadedScenario, options: MatrixOptions): Outputs {
  const folder = folderOf(base, options);
  const args = options.resume === undefined ? ['--output', folder] : [];
  return { args, paths: [folder, options.html, options.junitFile].filter((path) => path !== undefined) };
}

interface Outlets {
  /** The command line, for the record. */
  readonly command: string;
  readonly log: Log;
  publish(report: MatrixReport): void;
}

async function matrixHere(
  base: LoadedScenario,
  { variants, searchVariable }: Pick<MatrixRequest, 'variants' | 'searchVariable'>,
  options: MatrixOptions,
  { command, log, publish }: Outlets,
): Promise<ExitCode> {
  using interrupts = new Interrupts();
  onOutsideGone(() => interrupts.raiseImmediate());
  const labs = new KeptLab(log);
  const once: MatrixRequest['once'] = (loaded, output, keeps) => {
    const view = options.quiet
      ? undefined
      : createLiveView(process.stderr, { color: options.color.stderr, environment: options.environment ?? {} });
    const watching = view === undefined ? {} : { onStatus: view.update.bind(view), onLoadEnd: view.close.bind(view) };
    return runScenario({ loaded, output, command, log, ...watching }, interrupts, { labs, keeps }).finally(() => view?.close());
  };
  const search: MatrixRequest['search'] = (load, output) =>
    findLimit(
      {
        ...{ load, goal: 'variable', variable: undefined, output, command, log },
        watch: () => trialView(options),
        onTrial: (trial) => log.info(trialLine(trial)),
      },
      interrupts,
    );
  const folder = folderOf(base, options);
  const { report, teardownError: left } = await runMatrix(
    {
      scenario: base.scenario,
      variants,
      repeat: options.repeat,
      folder,
      resume: options.resume !== undefined,
      command,
      log,
      once,
      endLab: () => labs.end(),
      search,
      searchVariable,
      exitCodeOf: (summary) => exitCodeOf(summary, false),
    },
    interrupts,
  );
  publish(report);
  print(report, options);
  log.info(`results: ${folder}`);
  if (left !== undefined) throw teardownError(left);
  if (report.outcome === 'finished') return worstExitCode(report.variants.flatMap(({ runs }) => runs.map(exitCodeIn)));
  log.info(`continue with --resume ${folder}`);
  return ExitCode.aborted;
}

function exitCodeIn({ exitCode }: { readonly exitCode: number }): ExitCode {
  return exitCode as ExitCode;
}

function print(report: MatrixReport, options: MatrixOptions): void {
  const document = matrixDocument(report);
  const text = options.json
    ? jsonText(report)
    : options.markdown
      ? renderMarkdownDocument(document)
      : renderTextDocument(document, { color: options.color.stdout, width: process.stdout.columns || 100 });
  process.stdout.write(text);
  if (options.html !== undefined) writePage(options.html, renderHtmlDocument(document));
}

function writePage(file: string, text: string): void {
  writeOutput('--html', file, text, 'name a file in a folder that exists and that you may write to');
}
