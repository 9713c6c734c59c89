import { cpSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, it } from 'vitest';
import { NOT_RUN } from '../../docs/not-run.ts';
import { BLOCKS, COMMANDS } from '../../docs/pages.ts';
import { CLI, ROOT, start, temporaryFolder } from '../support/ctload.ts';

/** Shown with the figures of real runs, five and five; test/unit/report/compare has such a report to the letter. */
const NOT_COMPARED = /^ctload compare results\/before results\/after --allow-different gateway\.conntrack\.max /;

const toRun = COMMANDS.filter(
  ({ line }) =>
    !Object.values(NOT_RUN)
      .flat()
      .some((pattern) => pattern.test(line)),
);

/** A folder as the pages assume it: ctload on the PATH, the scenarios that they show, runs that were made before. */
function userFolder(): string {
  const folder = temporaryFolder();
  mkdirSync(join(folder, 'bin'));
  writeFileSync(join(folder, 'bin/ctload'), `#!/bin/sh\nexec '${process.execPath}' '${CLI}' "$@"\n`, { mode: 0o755 });
  for (const path of ['scenarios', 'results/baseline-smoke']) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    symlinkSync(join(ROOT, path), join(folder, path));
  }
  for (const { text } of BLOCKS.filter(({ language }) => language === 'yaml')) {
    const [, name] = /^# (\S+\.yaml)\n/.exec(text) ?? [];
    if (name !== undefined) writeFileSync(join(folder, name), text);
  }
  for (const name of ['before', 'after', 'smoke'])
    cpSync(join(ROOT, 'results/baseline-smoke'), join(folder, 'results', name), { recursive: true });
  cpSync(join(ROOT, 'test/fixtures/runs/smoke'), join(folder, 'results/mine'), { recursive: true });
  return folder;
}

it.each(toRun)('$page: $line', async ({ line, output }) => {
  const folder = userFolder();
  const { code, stdout, stderr } = await start([], ['sh', '-c', `cd '${folder}' && PATH="$PWD/bin:$PATH" && ${line}`]).ended;
  expect(code, stderr).toBe(0);
  if (NOT_COMPARED.test(line)) return;
  let rest = stdout;
  for (const piece of (output ?? '').split(/^…\n/m)) {
    expect(rest).toContain(piece);
    rest = rest.slice(rest.indexOf(piece) + piece.length);
  }
});
