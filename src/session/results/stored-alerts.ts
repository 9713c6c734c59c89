import { join } from 'node:path';
import { z } from 'zod';
import type { EvaluatedRules } from '../../model/result/alerts/alert-rules.ts';
import { reasonOf, usageError } from '../../platform/errors.ts';
import { readRegularIfAny } from '../../platform/read-file.ts';
import { ALERTS_FILE, writeReport } from './results.ts';

const LARGEST = 2 ** 20; // bytes
const seconds = z.number().nullable();
const schema = z.object({
  scrapeSeconds: z.number().positive(),
  evaluationSeconds: z.number().positive(),
  labels: z.record(z.string(), z.string()),
  engine: z.string(),
  alerts: z.array(z.object({ name: z.string(), pendingAtSeconds: seconds, firingAtSeconds: seconds })),
});

/** @throws {CtloadError} exit 100 when it cannot be written. */
export function writeStored(folder: string, alerts: EvaluatedRules): void {
  writeReport(folder, ALERTS_FILE, alerts);
}

/** Undefined for a run whose rules were not evaluated. @throws {CtloadError} exit 2 when the file is damaged. */
export function readStored(folder: string): EvaluatedRules | undefined {
  const path = join(folder, ALERTS_FILE);
  try {
    const text = readRegularIfAny(path, LARGEST);
    return text === null ? undefined : schema.parse(JSON.parse(text));
  } catch (cause) {
    const reason = cause instanceof z.ZodError ? 'it is not what ctload writes' : reasonOf(cause);
    throw usageError(`cannot read ${path}: ${reason}`, 'remove it, or evaluate the rules again with --alert-rules', cause);
  }
}
