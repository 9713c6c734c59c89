import { upperLimit } from '../../analysis/search/trial.ts';
import { bucketsFor, loadSeconds, type Scenario } from '../../model/input/scenario.ts';
import { CtloadError } from '../../platform/errors.ts';
import { expectedEntries, predict } from '../../sizing/predict.ts';
import { gcLag } from '../../sizing/table-model.ts';
import { timeCourse } from '../../sizing/time-course.ts';

/** What the model knows of a search before its first trial. */
export interface Beginning {
  /**
   * Between the value whose peak is at a limit if entries go when they expire, and the one if they stay until gc or a new connection
   * in their hash chain removes them, at the latest.
   */
  readonly value: number;
  /** By limit, see `Strain`: the share of it that is taken whatever the value is. */
  readonly bases: ReadonlyMap<string, number>;
}

/** The search for where a limit is met goes so far up and down from the scenario's own value. */
const REACH = 1024;
const STEPS = 24; // halvings of the logarithm of that range: a hundred-thousandth
const NEXT_TO_NOTHING = 1e-3;

/**
 * Where the model sees the limits of a search: the table, and thresholds on its entries. Undefined when it sees none within reach.
 * @param trial the scenario of a trial of that value. @param from a value that is valid
 */
export function beginningOf(trial: (value: number) => Scenario, from: number, whole: boolean): Beginning | undefined {
  const at = (value: number) => strainsOf(trial(whole ? Math.max(1, Math.round(value)) : value));
  const meets = (which: 'least' | 'most') => {
    const over = (value: number) => Math.max(...at(value).map((strain) => strain[which])) >= 1;
    let low = from / REACH;
    let high = from * REACH;
    if (over(low) || !over(high)) return undefined;
    for (let step = 0; step < STEPS; step++) {
      const middle = Math.sqrt(low * high);
      if (over(middle)) high = middle;
      else low = middle;
    }
    return low;
  };
  try {
    const [highest, lowest] = [meets('least'), meets('most')];
    if (highest === undefined || lowest === undefined) return undefined;
    const bases = new Map(at(from * NEXT_TO_NOTHING).map(({ of, least }) => [of, least]));
    return { value: Math.sqrt(highest * lowest), bases };
  } catch (error) {
    if (error instanceof CtloadError) return undefined; // some value on the way is not a valid one
    throw error;
  }
}

interface ModelledStrain {
  readonly of: string;
  readonly least: number;
  readonly most: number;
}

function strainsOf(scenario: Scenario): ModelledStrain[] {
  const { peakEntries, offeredRate, max } = predict(scenario);
  const lag = gcLag([{ rate: offeredRate }], bucketsFor(scenario.gateway.conntrack));
  const lingering = timeCourse(expectedEntries(scenario, lag), loadSeconds(scenario.floods)).peak;
  const strain = (of: string, limit: number) => ({ of, least: peakEntries / limit, most: lingering / limit });
  const thresholds = scenario.thresholds.flatMap(({ metric, expression }) => {
    const limit = upperLimit(expression);
    if (limit === undefined) return [];
    if (metric === 'conntrack_entries') return [strain(`${metric} ${expression}`, limit)];
    return metric === 'conntrack_utilization' ? [strain(`${metric} ${expression}`, limit * max)] : [];
  });
  return [strain('table', max), ...thresholds];
}
