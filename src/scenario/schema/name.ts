import { z } from 'zod';
import { CONTROLS, textPattern } from './patterns.ts';

/** The rule for k6's scenario names, and short enough to be a part of a file name. */
export const NAME = /^[0-9a-zA-Z_-]{1,100}$/;
export const NAME_RULE = 'may only contain letters, digits, - and _, at most 100 characters';

const PRINTABLE = new RegExp(`^[^${CONTROLS}]*$`);

/** A sentence for people; empty when absent. */
export function sentence(description: string) {
  return z
    .string()
    .regex(PRINTABLE, { error: 'may contain no control characters except tabs and line breaks' })
    .default('')
    .meta({ description, pattern: textPattern(CONTROLS) });
}
