// Prints `vitest: N passed, N failed, N skipped`, the sum of the JSON reports that a folder should have, and before that what failed
// and what was skipped, with the reason. Exit 1 when a report is missing or has a failure, or when a test was skipped for a reason that
// .ci/allowed-skips does not have.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const [folder, ...names] = process.argv.slice(2);
const allowed = readFileSync(new URL('allowed-skips', import.meta.url), 'utf8')
  .split('\n')
  .filter((line) => line !== '' && !line.startsWith('#'));

const say = (line) => process.stdout.write(`${line}\n`);
const counts = { passed: 0, failed: 0, skipped: 0 };
let ok = true;

for (const name of names) {
  let report;
  try {
    report = JSON.parse(readFileSync(join(folder, `${name}.json`), 'utf8'));
  } catch {
    say(`no report of the tests that run ${name}: they did not come to an end`);
    ok = false;
    continue;
  }
  ok &&= report.success && report.numPassedTests > 0;
  for (const { status, message, assertionResults, name: file } of report.testResults) {
    for (const test of assertionResults) count(test, file);
    if (status === 'passed' || assertionResults.some((test) => test.status === 'failed')) continue;
    say(`failed as a whole: ${file}: ${message}`);
    counts.failed++;
  }
}

function count({ status, fullName, meta, failureMessages = [] }, file) {
  if (status === 'passed' || status === 'failed') {
    counts[status]++;
    if (status === 'failed') say(`failed: ${file.replace(/^.*\/test\//, 'test/')}: ${fullName}:\n${indented(failureMessages)}`);
    return;
  }
  counts.skipped++;
  const reason = meta.skipped ?? 'no reason given';
  const accepted = allowed.includes(reason);
  say(`skipped${accepted ? '' : ', which .ci/allowed-skips does not allow'}: ${fullName}: ${reason}`);
  ok &&= accepted;
}

/** The first lines of each message: what follows is mostly the way through vitest. */
function indented(messages) {
  return messages
    .flatMap((message) =>
      message
        .split('\n')
        .slice(0, 12)
        .map((line) => `  ${line.slice(0, 300)}`),
    )
    .join('\n');
}

say(`vitest: ${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`);
process.exitCode = ok && counts.failed === 0 ? 0 : 1;
