import { plural, seconds } from '../../model/format.ts';
import type { Recovery } from '../../model/result/recovery.ts';
import type { Summary } from '../../model/result/summary.ts';
import { actionText } from '../wording/actions.ts';

/** What was done to the table while the load ran, one line per action. */
export function actionLines({ actions = [] }: Summary): [string, string][] {
  return actions.map(({ atSeconds, ...action }, index) => [
    index === 0 ? 'Actions' : '',
    `at ${seconds(atSeconds)}: ${actionText(action)}`,
  ]);
}

/** When a table that broke took new connections again; nothing where it did not and nothing was done about it. */
export function recoveryLine({ recovery, actions = [], prediction, verdict }: Summary): [string, string][] {
  if (recovery === null || recovery === undefined) return [];
  if (recovery.atSeconds === null && actions.length === 0) return [];
  if (verdict.kind !== 'broke') return [['Recovery', recoveryText(recovery, 'the loss of the endpoints')]];
  return [['Recovery', `${recoveryText(recovery, 'the break')}${predictedText(prediction)}`]];
}

/** What the model says, where it says that the table does not recover: two figures are compared beside the others. */
function predictedText(prediction: Summary['prediction']): string {
  const [row] = prediction.filter(({ quantity }) => quantity === 'recoverySeconds');
  if (row === undefined || (row.predicted !== null && row.measured !== null)) return '';
  return `; predicted: ${row.predicted === null ? 'not within the load' : `${seconds(row.predicted)} after the break`}`;
}

/** @param event what new connections had to recover from */
function recoveryText(
  { atSeconds, afterBreakSeconds, afterActionSeconds, lastDelayedAtSeconds, ...rest }: Recovery,
  event: string,
): string {
  const { relief, attemptsSince, lastSecondsAsBefore } = rest;
  if (atSeconds === null || afterBreakSeconds === null) {
    const passing =
      relief === null
        ? ''
        : `; from ${seconds(relief.fromSeconds)} to ${seconds(relief.untilSeconds)} new connections succeeded as before ${event}`;
    const end =
      lastSecondsAsBefore === 0
        ? 'new connections still failed or were delayed at its end'
        : `in its last ${seconds(lastSecondsAsBefore)} new connections succeeded as before ${event}, which is too short to tell`;
    return `not within the load: ${end}${passing}`;
  }
  const action = afterActionSeconds === null ? '' : `, ${seconds(afterActionSeconds)} after the last action before that`;
  const waited =
    lastDelayedAtSeconds === null ? '' : `; the last client that had waited was connected by ${seconds(lastDelayedAtSeconds)}`;
  return `from ${seconds(atSeconds)} on new connections succeeded as before ${event}, ${seconds(afterBreakSeconds)} after it${action} (${plural(attemptsSince, 'attempt')} since)${waited}`;
}
