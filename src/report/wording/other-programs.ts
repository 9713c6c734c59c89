import { percent } from '../../model/format.ts';

/** Share of all cores from which other programs are named: below it is what every machine does in passing. */
const WORTH_NAMING = 0.05;

/** What other programs took of the CPUs, as items of a list: none when it is little, or not known. */
export function otherPrograms(share: number | null | undefined): string[] {
  return share === null || share === undefined || share < WORTH_NAMING ? [] : [`other programs at least ${percent(share)}`];
}
