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

/** What is different about the entries and about who comes through, as far as it was measured. */
function reasons(variant: MatrixVariant, base: MatrixVariant): string[] {
  const [now, before] = [variant, base].map((side) => ({
    each: median(side, 'entries_per_connection') ?? 0,
    peak: median(side, 'peak_entries'),
    failed: median(side, 'conn_failed') ?? 0,
  })) as [Measured, Measured];
  const holds = variant.effect === 'holds';
  const few = now.peak !== undefined && now.peak < (before.peak ?? 0) * HARDLY_ANY;
  return [
    ...(now.peak !== undefined && (few || holds) ? [peakText(now.peak, before.peak)] : []),
    // Less than the baseline's only says that entries expired before the end.
    ...(before.each > 0 && now.each > before.each * (1 + DIFFERS)
      ? [`${now.each.toFixed(2)} entries per connection so far instead of ${before.each.toFixed(2)}`]
      : []),
    ...ipvsTexts(variant, few),
    ...(holds ? [] : failedTexts(now.failed, before.failed)),
    ...(holds && now.failed > 0 ? [`yet ${percent(now.failed)} of the attempts failed`] : []),
  ];
}

interface Measured {
  readonly each: number;
  readonly peak: number | undefined;
  /** Share of the attempts. */
  readonly failed: number;
}

function peakText(now: number, before: number | undefined): string {
  return `at most ${count(now)} entries in the table${before === undefined || before === now ? '' : ` instead of ${count(before)}`}`;
}

function ipvsTexts(variant: MatrixVariant, few: boolean): string[] {
  const ipvs = median(variant, 'ipvs_connections');
  if (ipvs === undefined) return [];
  const list = "in IPVS's own list";
  return [few ? `${count(ipvs)} connections ${list}` : `each connection has its entry, and one ${list} (${count(ipvs)})`];
}

function failedTexts(now: number, before: number): string[] {
  const differs = Math.abs(now - before) > DIFFERS * Math.max(now, before);
  return differs ? [`${percent(now)} of the attempts fail instead of ${percent(before)}`] : [];
}

/** Undefined where no run has the figure, or it never came. */
function median({ figures }: MatrixVariant, name: MatrixFigureName): number | undefined {
  return figures[name]?.median ?? undefined;
}
