import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, readdirSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { CLI, ctload, type Ran, ROOT, start, temporaryFolder } from '../support/ctload.ts';

const CASES = join(ROOT, 'test/fixtures/hostile');
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are the ones that must not be there
const CONTROL = /[\x00-\x08\x0b-\x1f\x7f-\x9f]/;

function makeLarge(path: string): void {
  writeFileSync(path, '');
  truncateSync(path, 2 ** 31);
}

/** One error, one hint, nothing that steers a terminal or a CI system. */
function expectOneError({ code, stdout, stderr }: Ran, exit: number): void {
  expect(stdout + stderr).not.toMatch(CONTROL);
  expect(stderr).toMatch(/^error: .*\nhint: .*\n$/s);
  expect(stderr).not.toMatch(/^\s+at |^\s*::|##\[/m);
  expect(stdout).toBe('');
  expect(code).toBe(exit);
}

describe('hostile input gets one clear error', () => {
  it.each(readdirSync(CASES).filter((file) => file.endsWith('.yaml')))('%s', async (file) => {
    for (const verb of ['validate', 'inspect', 'run']) expectOneError(await ctload(verb, join(CASES, file)), 104);
  });

  it.each<[string, (path: string) => unknown]>([
    ['a folder', (path) => mkdirSync(path)],
    ['a pipe', (path) => execFileSync('mkfifo', [path])],
    ['a device', (path) => symlinkSync('/dev/zero', path)],
    ['two gigabytes of nothing', makeLarge],
  ])('%s in place of each file of a run', async (_, make) => {
    for (const name of ['timeline.ndjson', 'latency.hlog', 'scenario.resolved.yaml']) {
      const folder = temporaryFolder();
      const others = readdirSync(join(CASES, 'run')).filter((file) => file !== name);
      for (const file of others) cpSync(join(CASES, 'run', file), join(folder, file));
      make(join(folder, name));
      const ran = await ctload('report', folder);
      expectOneError(ran, 2);
      expect(ran.stderr).toContain(join(folder, name));
    }
  });

  it('names with commands and escapes in them', async () => {
    const name = 'a\n::error title=pwn::pwned\u001b[2J ##[error]x';
    expectOneError(await ctload('validate', name), 104);
    expectOneError(await ctload('report', name), 2);
    expectOneError(await ctload('compare', name, name), 2);
  });

  it('configurations of kube-proxy without end', async () => {
    expectOneError(await ctload('plan', '--cores', '2', '--kube-proxy-config', '/dev/zero'), 2);
  });

  it.each(['0', '1001', '9'.repeat(400)])('--repeat %s', async (number) => {
    const { code, stderr } = await ctload('run', 'scenarios/smoke.yaml', '--repeat', number);
    expect(stderr).toContain('expected a whole number from 1 to 1000');
    expect(code).toBe(2);
  });
});

it.each([
  [64, ['validate', 'scenarios/smoke.yaml']],
  [64, ['report', 'results']],
  [128, ['plan', '--cores', '2', '--rate', '100']],
  [255, ['doctor']],
  [256, ['run', 'scenarios/smoke.yaml']],
])('%i descriptors are too few for %j', async (limit, args) => {
  const ran = await start(args, ['sh', '-c', `ulimit -n ${limit}; exec "$@"`, 'sh', process.execPath, CLI]).ended;
  expectOneError(ran, 112);
  expect(ran.stderr).toContain(`a process may open ${limit} files here`);
});
