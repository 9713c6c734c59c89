import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { PUBLISHED } from '../../schemas/published.ts';
import { violations } from '../../schemas/violations.ts';
import { CLI, ctload, ROOT, start, temporaryFolder, unfit } from '../support/ctload.ts';
import { skipFor } from '../support/skip.ts';

function scenarioFile(text: string): string {
  const file = join(temporaryFolder(), 'scenario.yaml');
  writeFileSync(file, text);
  return file;
}

/** Runs ctload inside a shell command that names it "$@". */
const shell = (command: string) => ['sh', '-c', command, 'sh', process.execPath, CLI];

describe('the command line', () => {
  it('explains itself', async () => {
    const { code, stdout } = await ctload('--help');
    expect(code).toBe(0);
    for (const verb of ['run', 'validate', 'inspect', 'init', 'report', 'doctor', 'clean']) expect(stdout).toContain(verb);
  });

  it.each([
    [['rnu']],
    [['run']],
    [['run', 'a.yaml', '--colour']],
    [['run', 'a.yaml', '--repeat', '2', '--summary-export', 's.json']],
  ])('ctload %j is a usage error: exit 2', async (args) => {
    const { code, stderr, stdout } = await ctload(...args);
    expect(code).toBe(2);
    expect(stderr).toMatch(/^error: /);
    expect(stdout).toBe('');
  });

  it('suggests the verb that was meant', async () => {
    expect((await ctload('valdate', 'x.yaml')).stderr).toContain('Did you mean validate?');
  });

  it('suggests the flag or the scenario key that was meant: exit 2', async () => {
    const { code, stderr } = await ctload('plan', '--max', '1048576', '--rate', '10000');
    expect(code).toBe(2);
    expect(stderr).toMatch(/^error: unknown option '--max'; did you mean --sysctl net\.netfilter\.nf_conntrack_max=1048576\?\n/);
    expect((await ctload('run', 'scenarios/smoke.yaml', '--rate', '5')).stderr).toContain(
      'did you mean --set floods.<name>.rate=5?',
    );
  });

  it('validates the shipped scenarios', async () => {
    const files = ['burst', 'websockets', 'stale', 'mixed', 'smoke', 'held'].map((name) => `scenarios/${name}.yaml`);
    const { code, stdout } = await ctload('validate', ...files);
    expect(code).toBe(0);
    expect(stdout.trimEnd().split('\n')).toEqual(files.map((file) => `ok ${file}`));
  });

  it('reports every problem of a bad scenario with its place: exit 104, for run as for validate', async () => {
    const file = scenarioFile(
      'version: 1\nname: x\ngateway:\n  conntrack:\n    maxx: 4096\nfloods:\n  a:\n    kind: short\n    executor: constant-arrival-rate\n    rate: 5q\n    duration: 10\n',
    );
    for (const verb of ['validate', 'run', 'inspect']) {
      const { code, stderr } = await ctload(verb, file);
      expect(code).toBe(104);
      expect(stderr).toContain(`${file}:5:5: gateway.conntrack.maxx: unknown key; did you mean max?`);
      expect(stderr).toContain(`${file}:10:11: floods.a.rate`);
      expect(stderr).toContain(`${file}:11:15: floods.a.duration`);
      expect(stderr).toContain('^');
    }
  });

  it('refuses what is not built yet instead of ignoring it', async () => {
    const { code, stderr } = await ctload('validate', 'scenarios/smoke.yaml', '--set', 'floods.requests.close=abandon');
    expect(code).toBe(104);
    expect(stderr).toContain('not supported yet');
  });

  it.each(['stdout', 'stderr'] as const)('goes on when nobody reads its %s any more', async (stream) => {
    const { child, ended } = start(['validate', 'scenarios/nope.yaml', 'scenarios/smoke.yaml']);
    child[stream]?.destroy();
    expect((await ended).code).toBe(104);
  });

  it('names the file that is not there', async () => {
    const { code, stderr } = await ctload('run', 'scenarios/nope.yaml');
    expect(code).toBe(104);
    expect(stderr).toContain('scenarios/nope.yaml');
  });

  it.each(['run', 'find'])('%s that comes to nothing leaves an error for CI, and nothing of the run before it', async (verb) => {
    const folder = temporaryFolder();
    const summary = join(folder, 'summary.json');
    const junit = join(folder, 'junit.xml');
    for (const file of [summary, junit]) writeFileSync(file, '<testsuites/>');
    const { code } = await ctload(verb, 'scenarios/nope.yaml', '--output', folder, '--junit-file', `${folder}.xml`);
    const [inside, outside] = [readFileSync(junit, 'utf8'), readFileSync(`${folder}.xml`, 'utf8')];
    rmSync(`${folder}.xml`);
    expect(code).toBe(104);
    expect(existsSync(summary)).toBe(false);
    for (const text of [inside, outside]) expect(text).toMatch(/errors="1"[\s\S]*<error .*nope\.yaml.*type="exit 104"/);
  });

  it('inspect shows what a run needs and when it should break, and is itself a scenario', async () => {
    const { stdout } = await ctload('inspect', 'scenarios/burst.yaml', '--set', 'gateway.conntrack.max=2000');
    expect(stdout).toMatch(/max: 2000/);
    expect(stdout).toMatch(/# .*descriptors/);
    expect(stdout).toMatch(/# +method +sysctl or ballast\n/);
    expect(stdout).toMatch(/# .*full/);
    expect((await ctload('validate', scenarioFile(stdout))).code).toBe(0);
    expect(stdout.indexOf('# Prediction')).toBeLessThan(stdout.indexOf('version: 1')); // the answer first
    const json = JSON.parse((await ctload('inspect', 'scenarios/held.yaml', '--json')).stdout);
    expect(json.prediction.outcome).toBe('holds');
    expect(violations('inspect', json)).toEqual([]);
  });

  it('inspect shows what a load on an existing gateway needs, and that nothing is predicted', async () => {
    const file = scenarioFile(`version: 1
name: external
lab: {driver: external, target: '127.0.0.1:1'}
floods:
  requests: {kind: short, executor: constant-arrival-rate, rate: 20, duration: 10s}
`);
    const { stdout } = await ctload('inspect', file);
    expect(stdout).toMatch(/^# No prediction: /);
    expect(stdout).toMatch(/# +client ports +200 of [\d,]+ for each of 1 destination\n/);
    const json = JSON.parse((await ctload('inspect', file, '--json')).stdout);
    expect(violations('inspect', json)).toEqual([]);
    expect(json.needs.ephemeralPorts.used).toBe(200);
  });

  it('doctor tells machines, too, what this host can run', async () => {
    const { code, stdout } = await ctload('doctor', '--json');
    const diagnosis = JSON.parse(stdout);
    expect(violations('doctor', diagnosis)).toEqual([]);
    expect(diagnosis.ok).toBe(code === 0);
  });

  it('ships a schema of everything it writes', () => {
    const packed = execFileSync('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], { cwd: ROOT, encoding: 'utf8' });
    const [{ files }] = JSON.parse(packed) as [{ files: readonly { readonly path: string }[] }];
    const schemas = Object.keys(PUBLISHED).map((name) => `dist/report/${name}.schema.json`);
    expect(files.map(({ path }) => path)).toEqual(expect.arrayContaining(['scenarios/scenario.schema.json', ...schemas]));
  });

  it('init writes a scenario that validates, once', async () => {
    const file = join(temporaryFolder(), 'ctload.yaml');
    expect((await ctload('init', file)).code).toBe(0);
    expect((await ctload('validate', file)).code).toBe(0);
    const before = readFileSync(file, 'utf8');
    expect((await ctload('init', file)).code).toBe(2);
    expect(readFileSync(file, 'utf8')).toBe(before);
  });

  it('report says what is wrong with a folder that is no run: exit 2', async () => {
    const folder = join(temporaryFolder(), 'empty');
    mkdirSync(folder);
    const { code, stderr } = await ctload('report', folder);
    expect(code).toBe(2);
    expect(stderr).toContain(folder);
    expect(stderr).toContain('hint: ');
  });

  it('refuses an --output it cannot write before building anything', async () => {
    const file = scenarioFile('');
    const { code, stderr } = await ctload('run', 'scenarios/smoke.yaml', '--output', join(file, 'below-a-file'));
    expect(code).toBe(2);
    expect(stderr).toContain('cannot write results');
  });

  it.each(['--summary-export', '--junit-file'])('refuses a %s it cannot write before building anything', async (flag) => {
    const output = join(temporaryFolder(), 'run');
    const { code, stderr } = await ctload('run', 'scenarios/smoke.yaml', '--output', output, flag, '/nowhere/x');
    expect(code).toBe(2);
    expect(stderr).toMatch(new RegExp(`^error: cannot write ${flag} /nowhere/x: no such file or directory\nhint: `));
    expect(existsSync(join(output, 'scenario.resolved.yaml'))).toBe(false);
  });

  it('predicts where there is no /proc, and says that a lab needs one: exit 112', skipFor(unfit), async () => {
    const withoutProc = (...args: readonly string[]) =>
      start(args, ['unshare', '--mount', ...shell('mount -t tmpfs none /proc && exec "$@"')]).ended;
    expect((await withoutProc('plan', '--instance-type', 'm5.large')).stdout).toMatch(/nf_conntrack_max|conntrack entries/);
    for (const args of [['run', 'smoke'], ['clean'], ['doctor']]) {
      const { code, stderr } = await withoutProc(...args);
      expect(code, args[0]).toBe(112);
      expect(stderr).toMatch(/^error: this needs Linux, and its \/proc is not here\nhint: /);
    }
  });

  it('says that its output is lost when stdout is full: exit 2', async () => {
    const { code, stderr } = await start(['inspect', 'scenarios/smoke.yaml'], shell('"$@" > /dev/full')).ended;
    expect(code).toBe(2);
    expect(stderr).toMatch(/^error: cannot write to stdout: no space left on device\nhint: /);
  });

  it('keeps its exit code when nobody reads what it says', async () => {
    const { stdout } = await start(['validate', 'nope.yaml'], shell('exec 3>&1; { "$@" 2>&1; echo $? >&3; } | :')).ended;
    expect(stdout).toBe('104\n');
  });

  it('carries a run through when nobody reads its progress any more', skipFor(unfit), async () => {
    const output = join(temporaryFolder(), 'run');
    const args = ['run', 'scenarios/smoke.yaml', '--set', 'gateway.conntrack.method=ballast', '--output', output];
    const { stdout } = await start(args, shell('exec 3>&1; { "$@" 2>&1; echo $? >&3; } | head -1')).ended;
    expect(stdout).toMatch(/^building the lab.*\n0\n$/);
    expect(existsSync(join(output, 'summary.json'))).toBe(true);
  });
});
