import { count, percent } from '../../model/format.ts';
import type { Summary } from '../../model/result/summary.ts';

/** Why attempts failed or were delayed, one line per cause, with the figures it rests on. */
export function causeLines({ attribution }: Summary): [string, string][] {
  return attribution.map(({ cause, count: attempts, share, evidence }, index) => [
    index === 0 ? 'Causes' : '',
    `${cause} ${count(attempts)} (${percent(share)}): ${evidence}`,
  ]);
}
