import { z } from 'zod';
import { FIND_DEFAULTS, type FindSpec } from '../../model/input/find-spec.ts';
import { formatDuration } from '../../model/units.ts';
import { duration, number } from './values.ts';

const seconds = (description: string, standard: number) => duration({ min: 1 }, description).prefault(formatDuration(standard));

/** The `find` section: how `ctload find` searches; `ctload run` ignores it. */
export const findSchema = z.strictObject({
  variable: z.string().optional().describe('Key to vary, e.g. floods.requests.rate; by default the rate of the first flood.'),
  initialValue: number('First value tried; by default the one the scenario has.', positive).optional(),
  exponentialFactor: number('Factor between two values until one holds and one breaks.', (value) =>
    value > 1 ? undefined : 'must be more than 1',
  ).prefault(FIND_DEFAULTS.exponentialFactor),
  precision: number('How near the least value that breaks must be, as a share of the best that holds.', (value) =>
    value > 0 && value < 1 ? undefined : 'must be a share between 0 and 1',
  ).prefault(FIND_DEFAULTS.precision),
  measuringPeriod: seconds(
    'Length of a trial. It should span several rounds of the kernel garbage collector, about 10 s each.',
    FIND_DEFAULTS.measuringPeriodSeconds,
  ),
  confirmPeriod: seconds('Length of the trial that confirms the answer.', FIND_DEFAULTS.confirmPeriodSeconds),
  deadline: seconds('Time for the whole search.', FIND_DEFAULTS.deadlineSeconds),
});

/** The section as the rest of ctload knows it. */
export function findSpec(file: z.output<typeof findSchema>): FindSpec {
  const { measuringPeriod, confirmPeriod, deadline, variable, initialValue, ...rest } = file;
  return {
    ...rest,
    ...(variable === undefined ? {} : { variable }),
    ...(initialValue === undefined ? {} : { initialValue }),
    measuringPeriodSeconds: measuringPeriod,
    confirmPeriodSeconds: confirmPeriod,
    deadlineSeconds: deadline,
  };
}

function positive(value: number): string | undefined {
  return value > 0 ? undefined : 'must be more than 0';
}
