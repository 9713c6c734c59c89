// Prints `vitest: N passed, N failed, N skipped` from vitest's JSON report; exit 1 when one failed, was skipped, or none ran.
// Before that, the tests that passed only when they were tried again, with what they said the first time.
import { readFileSync } from 'node:fs';

let report;
try {
  report = JSON.parse(readFileSync(process.argv[2], 'utf8'));
} catch {
  report = { numPassedTests: 0, numFailedTests: 0, numPendingTests: 0, numTodoTests: 0, success: false, testResults: [] };
}
const skipped = report.numPendingTests + report.numTodoTests;
for (const { fullName, status, failureMessages } of report.testResults.flatMap(({ assertionResults }) => assertionResults)) {
  if (status !== 'passed' || failureMessages.length === 0) continue;
  process.stdout.write(`passed only when tried again: ${fullName}: ${failureMessages[0].split('\n', 1)[0]}\n`);
}
process.stdout.write(`vitest: ${report.numPassedTests} passed, ${report.numFailedTests} failed, ${skipped} skipped\n`);
process.exitCode = report.success && skipped === 0 && report.numPassedTests > 0 ? 0 : 1;
