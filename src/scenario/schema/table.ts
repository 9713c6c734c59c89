import { z } from 'zod';
import { TIMEOUT_NAMES } from '../../model/input/timeouts.ts';
import { duration } from './values.ts';

/** nf_conntrack_max and nf_conntrack_buckets are ints. */
export const LARGEST = 2 ** 31 - 1;

/** Conntrack timeouts by short name. */
export function timeoutMap(description: string) {
  return z
    .partialRecord(
      z.enum(TIMEOUT_NAMES),
      // proc_dointvec_jiffies: the kernel accepts whole seconds only.
      duration({ min: 1 }, 'Timeout in whole seconds, e.g. 30s.').refine(Number.isInteger, {
        error: 'must be whole seconds; the kernel accepts nothing finer',
      }),
    )
    .describe(description);
}
