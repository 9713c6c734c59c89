import { count, percent, seconds } from '../../model/format.ts';
import type { MatrixFigureName, MatrixVariant } from '../../model/result/campaign/matrix.ts';
import type { Section } from '../document/document.ts';

/** Shares by which a figure has to differ from the baseline's to be named as a reason. */
const DIFFERS = 0.1;
const HARDLY_ANY = 0.05;

/** Which variants move the break of the baseline, which do not, and what of the figures says why; nothing without a comparison. */
export function effectsSection(variants: readonly MatrixVariant[], base: MatrixVariant | undefined): Section[] {
  if (base === undefined) return [];
  const items = variants.flatMap((variant) => {
    const effect = effectText(variant, base);
    if (effect === undefined) return [];
    const what = variant.description === '' ? variant.name : `${variant.name} (${variant.description})`;
    return [`${[`${what}: ${effect}`, ...reasons(variant, base)].join('; ')}.`];
  });
  return items.length === 0 ? [] : [{ heading: 'What helped, and what did not', blocks: [{ kind: 'list', items }] }];
}

function effectText(variant: MatrixVariant, base: MatrixVariant): string | undefined {
  const [now, before] = [variant, base].map((side) => seconds(median(side, 'breaking_point_seconds') ?? 0));
  switch (variant.effect) {
    case 'holds':
      return 'helps, the table holds';
    case 'later':
      return `helps for a while, the table breaks after ${now} instead of ${before}`;
    case 'sooner':
      return `makes it worse, the table breaks after ${now} instead of ${before}`;
    case 'breaks':
      return `makes it worse, the table breaks after ${now}, that of ${base.name} holds`;
    case 'none':
      return median(base, 'breaking_point_seconds') === undefined
        ? 'no difference, the table holds as before'
        : `no relief, the table breaks after ${now} as before (${before})`;
    case null:
      return undefined;
  }
}

/** What is different about the entries, as far as it was measured. */
function reasons(variant: MatrixVariant, base: MatrixVariant): string[] {
  const each = [variant, base].map((side) => median(side, 'entries_per_connection')) as [number?, number?];
  const peak = [variant, base].map((side) => median(side, 'peak_entries')) as [number?, number?];
  const ipvs = median(variant, 'ipvs_connections');
  const failed = median(variant, 'conn_failed') ?? 0;
  const few = peak[0] !== undefined && peak[1] !== undefined && peak[0] < peak[1] * HARDLY_ANY;
  const differs = each[0] !== undefined && each[1] !== undefined && Math.abs(each[0] / each[1] - 1) > DIFFERS;
  return [
    ...(few ? [`at most ${count(peak[0] ?? 0)} entries in the table instead of ${count(peak[1] ?? 0)}`] : []),
    ...(differs && !few ? [`${each[0]?.toFixed(2)} entries per connection so far instead of ${each[1]?.toFixed(2)}`] : []),
    ...(ipvs === undefined
      ? []
      : [
          few
            ? `${count(ipvs)} connections in IPVS's own list`
            : `each connection has its entry, and one in IPVS's own list (${count(ipvs)})`,
        ]),
    ...(variant.effect === 'holds' && failed > 0 ? [`yet ${percent(failed)} of the connections failed`] : []),
  ];
}

/** Undefined where no run has the figure, or it never came. */
function median({ figures }: MatrixVariant, name: MatrixFigureName): number | undefined {
  return figures[name]?.median ?? undefined;
}
