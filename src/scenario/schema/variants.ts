import { z } from 'zod';
import { crossedCount, crossedVariants, MOST_VARIANTS } from '../../model/input/variants.ts';
import { didYouMean } from '../../model/suggest.ts';
import { NAME, NAME_RULE, sentence } from './name.ts';
import { orVariable } from './patterns.ts';

/** What all variants have in common: the format, the seed, and what they are. */
const FIXED = ['version', 'seed', 'variants', 'baseline', 'cross'];
const path = z.string().regex(new RegExp(`^(?!(${FIXED.join('|')})(\\.|$))[^.=\\s]+(\\.[^.=\\s]+)*$`), {
  error: `must be the dotted path of a key, e.g. gateway.conntrack.max, and not ${FIXED.join(', ')}`,
});

const variant = z.strictObject({
  description: sentence('One sentence on what the variant is.'),
  set: z
    .record(path, z.unknown())
    .default({})
    .describe('Values by dotted path, as of --set, e.g. {gateway.conntrack.max: 8192}; {} is the scenario as it is.'),
});

/** The `variants`, `baseline` and `cross` keys; `checkVariants` checks what they say of each other. */
export const variants = z
  .record(z.string().regex(NAME, { error: NAME_RULE }), variant)
  .refine((all) => Object.keys(all).length > 0, { error: 'needs at least one variant' })
  .refine((all) => Object.keys(all).length <= MOST_VARIANTS, { error: `may have at most ${MOST_VARIANTS} variants` })
  .meta({
    description:
      'What `ctload matrix` compares, by name: {description, set: {path: value}}, with the dotted paths of --set; {} is the scenario as it is. Other commands ignore it.',
    minProperties: 1,
    maxProperties: MOST_VARIANTS,
  })
  .optional();

export const baseline = z
  .string()
  .optional()
  .meta({
    description: 'The variant that `ctload matrix` compares the others with (default: the first).',
    pattern: orVariable('[0-9a-zA-Z_-]{1,100}'),
  });

export const cross = z
  .record(path, z.array(z.unknown()).min(1, { error: 'needs at least one value' }))
  .refine((all) => Object.keys(all).length > 0, { error: 'needs at least one path' })
  .refine((all) => crossedCount(all) <= MOST_VARIANTS, { error: `makes more than ${MOST_VARIANTS} variants` })
  .meta({
    description: `Instead of variants: lists of values by dotted path. Every combination is a variant, at most ${MOST_VARIANTS}.`,
    minProperties: 1,
  })
  .optional();

interface File {
  readonly variants?: z.output<typeof variants>;
  readonly baseline?: string | undefined;
  readonly cross?: z.output<typeof cross>;
}

/** Refuses two ways to say what the variants are, and a baseline that is none of them. */
export function checkVariants({ variants: named, baseline: base, cross: lists }: File, context: z.core.$RefinementCtx): void {
  const refuse = (key: string, message: string) => context.addIssue({ code: 'custom', path: [key], message });
  if (named !== undefined && lists !== undefined) refuse('cross', 'cannot be combined with variants; give one of the two');
  if (base === undefined) return;
  const names = lists === undefined ? Object.keys(named ?? {}) : crossedVariants(lists).map(({ name }) => name);
  if (names.includes(base)) return;
  const meant = didYouMean(base, names) || (names.length === 0 ? '; there are none' : `; there are ${names.join(', ')}`);
  refuse('baseline', `unknown variant ${base}${meant}`);
}
