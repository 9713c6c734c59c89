import type { ComparedFigure, Comparison, Comparisons } from '../../model/result/comparison.ts';
import { holm } from '../statistics/holm.ts';
import { ALPHA } from '../statistics/mann-whitney.ts';
import { rounded } from '../statistics/round.ts';

/** Several comparisons with the same base, as one family: for each figure, p is corrected for how many of them test it (Holm). */
export function compareMany(comparisons: readonly [Comparison, ...Comparison[]]): Comparisons {
  const corrected = new Map<ComparedFigure, number>();
  for (const name of new Set(comparisons.flatMap(({ figures }) => figures.map((figure) => figure.name)))) {
    const family = comparisons.flatMap(({ figures }) => figures.filter((figure) => figure.name === name));
    const tested = family.flatMap((figure) => (figure.p === null ? [] : [{ figure, p: figure.p }]));
    holm(tested.map(({ p }) => p)).forEach((p, index) => {
      const figure = tested[index]?.figure;
      if (figure !== undefined) corrected.set(figure, p);
    });
  }
  const again = comparisons.map((comparison): Comparison => {
    const figures = comparison.figures.map((figure) => judgedBy(figure, corrected.get(figure) ?? null));
    return {
      ...comparison,
      figures,
      regressions: figures.filter(({ outcome }) => outcome === 'regression').map(({ name }) => name),
    };
  });
  return rounded({ schema: 'ctload/comparisons@1', base: comparisons[0].base, comparisons: again });
}

/** The figure with another p: what is beyond its limit may be noise with that. */
function judgedBy(figure: ComparedFigure, p: number | null): ComparedFigure {
  const outcome = figure.outcome === 'regression' && p !== null && p >= ALPHA ? 'noise' : figure.outcome;
  return { ...figure, p, outcome };
}
