import { join } from 'node:path';
import type { MatrixReport } from '../model/result/campaign/matrix.ts';
import type { Log } from '../platform/log.ts';
import { summaryText } from '../report/facts/headline.ts';
import { findStory } from '../report/wording/find.ts';
import type { LoadedScenario } from '../scenario/load.ts';
import { inOrder, runCampaign } from './campaign/campaign.ts';
import { folderOfTurn, MatrixRecord, type MatrixSetting } from './campaign/matrix-record.ts';
import { inRounds, type Turn } from './campaign/rounds.ts';
import { sharesLab } from './campaign/shares-lab.ts';
import type { LoadedVariant } from './campaign/variants.ts';
import type { FindResult } from './find.ts';
import type { Interrupts } from './measure/interrupts.ts';
import type { RunResult } from './measure/request.ts';
import { openMatrix, requireMatrix } from './results/matrix-folder.ts';

export interface MatrixRequest extends MatrixSetting {
  readonly log: Log;
  /** One run. @param keepsLab whether the next is in the same lab, which stands until then */
  once(loaded: LoadedScenario, output: string, keepsLab: boolean): Promise<RunResult>;
  /** Takes down a lab that still stands; what could not be removed is returned. */
  endLab(): Promise<unknown>;
  /** Searches a variant for the highest value of the key that holds. */
  search(load: LoadedVariant['load'], output: string): Promise<FindResult>;
}

export interface MatrixResult {
  readonly report: MatrixReport;
  /** What teardown could not remove after the last run; the report was written all the same. */
  readonly teardownError: unknown;
}

/**
 * Runs, and searches where that is wanted, every variant of a scenario, in rounds, and writes matrix.json after every turn. A signal ends it
 * with what there is.
 * @throws {CtloadError} when a run could not take place (100, 104, 112), or took place elsewhere than the others (112).
 */
export async function runMatrix(request: MatrixRequest, interrupts: Interrupts): Promise<MatrixResult> {
  const { variants, repeat, folder, log, searchVariable } = request;
  if (request.resume) requireMatrix(folder, variants);
  else openMatrix(folder, variants);
  const turns = inRounds(variants, repeat, searchVariable === undefined ? ['run'] : ['run', 'search']);
  const record = new MatrixRecord(request, turns);
  const left = turns.filter((turn) => !record.has(turn));
  if (request.resume)
    log.info(
      `${turns.length - left.length} of ${turns.length} ${searchVariable === undefined ? 'runs' : 'runs and searches'} are done`,
    );
  let teardownError: unknown;
  const done = (turn: Turn<LoadedVariant>, story: string) =>
    log.info(`${folderOfTurn(turn)}, ${turn.kind} ${record.count + 1} of ${turns.length}: ${story}`);
  const once = async (turn: Turn<LoadedVariant>) => {
    const { side, kind } = turn;
    const place = join(folder, folderOfTurn(turn));
    if (kind === 'search') {
      const { report, teardownError: left } = await request.search(side.load, place);
      done(turn, findStory(report));
      teardownError = left;
      if (report.outcome !== 'aborted') record.addSearch(turn, report);
      return;
    }
    const result = await request.once(side.loaded, place, keepsLab(turn, left[left.indexOf(turn) + 1]));
    done(turn, summaryText(result.report.summary));
    teardownError = result.teardownError;
    if (!result.interrupted) record.add(turn, result.report.summary);
  };
  try {
    await runCampaign(inOrder(left), once, () => interrupts.graceful.aborted || teardownError !== undefined);
  } catch (error) {
    if (!interrupts.graceful.aborted) throw error;
  } finally {
    teardownError ??= await request.endLab();
  }
  return { report: record.report(), teardownError };
}

/** Whether the lab of a turn is that of the next: runs only, a search builds its own. */
function keepsLab(turn: Turn<LoadedVariant>, next: Turn<LoadedVariant> | undefined): boolean {
  if (turn.kind !== 'run' || next?.kind !== 'run') return false;
  return sharesLab(turn.side.loaded.scenario, next.side.loaded.scenario);
}
