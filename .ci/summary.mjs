// Prints `vitest: N passed, N failed, N skipped` from vitest's JSON report; exit 1 when one failed, was skipped, or none ran.
import { readFileSync } from 'node:fs';

let report;
try {
  report = JSON.parse(readFileSync(process.argv[2], 'utf8'));
} catch {
  report = { numPassedTests: 0, numFailedTests: 0, numPendingTests: 0, numTodoTests: 0, success: false };
}
const skipped = report.numPendingTests + report.numTodoTests;
process.stdout.write(`vitest: ${report.numPassedTests} passed, ${report.numFailedTests} failed, ${skipped} skipped\n`);
process.exitCode = report.success && skipped === 0 && report.numPassedTests > 0 ? 0 : 1;
