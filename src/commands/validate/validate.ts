import { CtloadError } from '../../platform/errors.ts';
import { ExitCode } from '../../platform/exit-codes.ts';
import { printableLine } from '../../platform/printable.ts';
import { loadAnyScenario, loadScenario, type ScenarioInputs } from '../../scenario/load.ts';
import { loadVariants } from '../../session/campaign/variants.ts';

/**
 * Checks scenario files with all of their variants; prints `ok FILE` for every valid one.
 * @throws {CtloadError} exit 104 with the problems of all invalid ones.
 */
export function validate(files: readonly string[], inputs: ScenarioInputs): void {
  const errors: CtloadError[] = [];
  for (const file of files) {
    try {
      loadVariants(loadAnyScenario(file, inputs), (variant) => loadScenario(file, { ...inputs, variant }));
      process.stdout.write(`ok ${printableLine(file)}\n`);
    } catch (error) {
      if (!(error instanceof CtloadError)) throw error;
      errors.push(error);
    }
  }
  const [first] = errors;
  if (first === undefined) return;
  throw new CtloadError(errors.map((error) => error.message).join('\n'), {
    ...(first.hint === undefined ? {} : { hint: first.hint }),
    exitCode: ExitCode.invalidScenario,
  });
}
