import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { environmentOf, summarizeMatrix, type VariantRun } from '../../analysis/matrix/matrix.ts';
import type { Scenario } from '../../model/input/scenario.ts';
import type { MatrixEnvironment, MatrixReport, MatrixSearch } from '../../model/result/campaign/matrix.ts';
import type { FindReport } from '../../model/result/find.ts';
import type { Summary } from '../../model/result/summary.ts';
import { monotonic } from '../../platform/clock.ts';
import { CtloadError } from '../../platform/errors.ts';
import { ExitCode } from '../../platform/exit-codes.ts';
import { VERSION } from '../../platform/version.ts';
import { renderHtmlDocument } from '../../report/document/document-html.ts';
import { renderMarkdownDocument } from '../../report/document/document-markdown.ts';
import { matrixDocument } from '../../report/matrix/document.ts';
import { deriveReport } from '../results/derive.ts';
import { folderOfVariantRun, folderOfVariantSearch, MARKDOWN_FILE, MATRIX_FILE, PAGE_FILE } from '../results/matrix-folder.ts';
import { FIND_FILE, writeReport, writeText } from '../results/results.ts';
import type { Turn } from './rounds.ts';
import type { LoadedVariant } from './variants.ts';

export interface MatrixSetting {
  readonly scenario: Scenario;
  readonly variants: readonly LoadedVariant[];
  /** Number of runs of each variant. */
  readonly repeat: number;
  readonly folder: string;
  /** Whether the folder holds a matrix of these variants, whose finished runs count. */
  readonly resume: boolean;
  /** The key that is searched in every variant, besides the runs; undefined: none is. */
  readonly searchVariable: string | undefined;
  /** The command line, for the record. */
  readonly command: string;
  exitCodeOf(summary: Summary): ExitCode;
}

/** The runs of a matrix that have taken place. */
export class MatrixRecord {
  readonly #setting: MatrixSetting;
  readonly #turns: readonly Turn<LoadedVariant>[];
  readonly #runs = new Map<string, VariantRun>();
  readonly #searches = new Map<string, MatrixSearch>();
  readonly #startedAt = new Date();
  readonly #began = monotonic();
  #environment: MatrixEnvironment | undefined;

  constructor(setting: MatrixSetting, turns: readonly Turn<LoadedVariant>[]) {
    this.#setting = setting;
    this.#turns = turns;
    if (setting.resume) for (const turn of turns) this.#take(turn);
    this.#write();
  }

  get count(): number {
    return this.#runs.size + this.#searches.size;
  }

  has(turn: Turn<LoadedVariant>): boolean {
    return this.#runs.has(folderOfTurn(turn)) || this.#searches.has(folderOfTurn(turn));
  }

  /** @throws {CtloadError} exit 112 for a run on another kernel, machine or driver than those before. */
  add(turn: Turn<LoadedVariant>, summary: Summary): void {
    this.#requireSame(turn, summary);
    this.#keep(turn, summary);
    this.#write();
  }

  /** @throws {CtloadError} as add, for its first trial */
  addSearch(turn: Turn<LoadedVariant>, report: FindReport): void {
    const trial = this.#firstTrial(turn, report);
    if (trial !== undefined) this.#requireSame(turn, trial);
    this.#keepSearch(turn, report);
    this.#write();
  }

  #requireSame(turn: Turn<LoadedVariant>, summary: Summary): void {
    const other = this.#otherwise(summary);
    if (other !== undefined) {
      throw new CtloadError(`${folderOfTurn(turn)} ran elsewhere than the runs before it: ${other}`, {
        hint: 'figures of different kernels, machines or methods are never in one ranking: start a new matrix, with --driver and --set gateway.conntrack.method=sysctl or ballast where they were chosen differently',
        exitCode: ExitCode.hostUnfit,
      });
    }
  }

  report(): MatrixReport {
    const { scenario, variants, repeat, command, searchVariable } = this.#setting;
    const foldersOf = (side: LoadedVariant) => this.#turns.filter((turn) => turn.side === side).map(folderOfTurn);
    return summarizeMatrix(
      variants.map((variant) => ({
        ...variant,
        runs: foldersOf(variant).flatMap((folder) => this.#runs.get(folder) ?? []),
        searches: foldersOf(variant).flatMap((folder) => this.#searches.get(folder) ?? []),
      })),
      {
        startedAt: this.#startedAt.toISOString(),
        durationSeconds: monotonic() - this.#began,
        version: VERSION,
        command,
        scenario: { name: scenario.name, description: scenario.description },
        outcome: this.count === this.#turns.length ? 'finished' : 'aborted',
        seed: scenario.seed,
        repeat,
        baseline: scenario.baseline ?? variants[0]?.name ?? '',
        searchVariable: searchVariable ?? null,
      },
    );
  }

  /** A run of a resumed matrix; one that was interrupted, or ran elsewhere, takes place again. */
  #take(turn: Turn<LoadedVariant>): void {
    const folder = join(this.#setting.folder, folderOfTurn(turn));
    if (turn.kind === 'search') {
      const report = finishedSearch(folder);
      const trial = report === undefined ? undefined : this.#firstTrial(turn, report);
      if (report !== undefined && trial !== undefined && this.#otherwise(trial) === undefined) this.#keepSearch(turn, report);
      return;
    }
    const summary = finishedRun(folder);
    if (summary !== undefined && this.#otherwise(summary) === undefined) this.#keep(turn, summary);
  }

  /** What the first trial of a search came to, which says where it ran; undefined when none ran. */
  #firstTrial(turn: Turn<LoadedVariant>, { trials }: FindReport): Summary | undefined {
    const first = trials.find(({ folder }) => folder !== null)?.folder;
    return first == null ? undefined : finishedRun(join(this.#setting.folder, folderOfTurn(turn), first));
  }

  #keepSearch(turn: Turn<LoadedVariant>, { outcome, answer, best, why, durationSeconds: seconds }: FindReport): void {
    const folder = folderOfTurn(turn);
    this.#searches.set(folder, { folder, outcome, answer, best, why, seconds });
  }

  #keep(turn: Turn<LoadedVariant>, summary: Summary): void {
    this.#environment ??= environmentOf(summary);
    const folder = folderOfTurn(turn);
    this.#runs.set(folder, { folder, summary, exitCode: this.#setting.exitCodeOf(summary) });
  }

  /** What is different about the place of a run; undefined where nothing is. */
  #otherwise(summary: Summary): string | undefined {
    const before = this.#environment ?? environmentOf(summary);
    const now = environmentOf(summary);
    const keys = Object.keys(now) as (keyof MatrixEnvironment)[];
    const changed = keys.filter((key) => now[key] !== before[key]).map((key) => `${key} ${now[key]} instead of ${before[key]}`);
    return changed.length === 0 ? undefined : changed.join(', ');
  }

  #write(): void {
    writeMatrix(this.#setting.folder, this.report());
  }
}

/** Folder of a run or a search, relative to that of the matrix. */
export function folderOfTurn({ side, repeat, kind }: Turn<LoadedVariant>): string {
  return (kind === 'run' ? folderOfVariantRun : folderOfVariantSearch)(side.name, repeat);
}

function writeMatrix(folder: string, report: MatrixReport): void {
  const document = matrixDocument(report);
  writeReport(folder, MATRIX_FILE, report);
  writeText(folder, MARKDOWN_FILE, renderMarkdownDocument(document));
  writeText(folder, PAGE_FILE, renderHtmlDocument(document));
}

/** The report of a search that took place and was not interrupted; undefined otherwise. */
function finishedSearch(folder: string): FindReport | undefined {
  const file = join(folder, FIND_FILE);
  if (!existsSync(file)) return undefined;
  const report: FindReport = JSON.parse(readFileSync(file, 'utf8'));
  return report.outcome === 'aborted' ? undefined : report;
}

/** The summary of a run that took place and was not interrupted; undefined otherwise. */
function finishedRun(folder: string): Summary | undefined {
  if (!existsSync(join(folder, 'summary.json'))) return undefined;
  const { summary } = deriveReport(folder);
  return summary.verdict.reasonCodes.includes('interrupted') ? undefined : summary;
}
