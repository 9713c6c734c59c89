import type { MatrixFigureName, MatrixVariant } from '../../model/result/campaign/matrix.ts';
import type { Block, Interval } from '../document/document.ts';
import { FIGURE_WORDS } from './cells.ts';

const PLOTTED = ['breaking_point_seconds', 'first_loss_seconds'] as const satisfies readonly MatrixFigureName[];

/** When each variant broke, and first lost an attempt, with the intervals of the runs. */
export function breaksPlot(variants: readonly MatrixVariant[]): Block {
  return {
    kind: 'intervals',
    label: 'Seconds into the load until the table broke, and until the first loss',
    rows: variants.map(({ name, figures }) => ({
      name,
      intervals: PLOTTED.flatMap((figure): Interval[] => {
        const told = figures[figure];
        if (told === null) return [];
        const { heading, never } = FIGURE_WORDS[figure];
        return [{ name: heading, low: told.min, median: told.median, high: told.max, never }];
      }),
    })),
  };
}
