import { CtloadError } from '../../platform/errors.ts';
import { ExitCode } from '../../platform/exit-codes.ts';
import { printableLine } from '../../platform/printable.ts';
import { loadAnyScenario, type ScenarioInputs } from '../../scenario/load.ts';

/**
 * Checks scenario files; prints `ok FILE` for every valid one.
 * @throws {CtloadError} exit 104 with the problems of all invalid ones.
 */
export function validate(files: readonly string[], inputs: ScenarioInputs): void {
  const errors: CtloadError[] = [];
  for (const file of files) {
    try {
      loadAnyScenario(file, inputs);
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
