import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { shippedNames } from '../../../../src/scenario/shipped.ts';
import { type Ran, ROOT, start, temporaryFolder, unfit } from '../../support/ctload.ts';
import { skipFor } from '../../support/skip.ts';

/** All that the package may have: what is built, and what the built files read. */
const PACKED = [
  /^(package\.json|README\.md|LICENSE)$/,
  /^dist\/(cli\.js|ctload\.1|LICENSES\.txt)$/,
  /^dist\/(processes\/|chunks\/|processes\/chunks\/)[\w.-]+\.js$/,
  /^(src|dist)\/report\/[\w-]+\.schema\.json$/,
  /^src\/report\/html\/(browser|style)\/\w+\.(js|css)$/,
  /^scenarios\/([\w-]+\.yaml|rules\/[\w-]+\.nft|scenario\.schema\.json|README\.md)$/,
  /^docker\/kubernetes\/[\w-]+\.yaml$/,
  /^docker\/(Dockerfile|base-image\.sh|README\.md|watch\/[\w-]+\.(service|yaml|json))$/,
];

let folder: string;
let prefix: string;
let files: readonly string[];

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'ctload-install-'));
  prefix = join(folder, 'prefix');
  const npm = (...args: string[]) =>
    execFileSync('npm', args, { cwd: ROOT, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
  const [packed] = JSON.parse(npm('pack', '--json', '--ignore-scripts', '--pack-destination', folder));
  files = packed.files.map(({ path }: { path: string }) => path);
  // Its dependencies come from npm's cache, which `npm ci` has filled, or else from the registry that npm is set up for.
  npm('install', '--global', '--prefix', prefix, '--prefer-offline', '--no-audit', '--no-fund', join(folder, packed.filename));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Runs the installed command in `cwd`, by its name. */
function installed(cwd: string, ...args: readonly string[]): Promise<Ran> {
  const path = [join(prefix, 'bin'), join(process.execPath, '..'), process.env['PATH']].join(':');
  return start(args, ['env', '-C', cwd, `PATH=${path}`, 'ctload']).ended;
}

describe('the package', () => {
  it('has nothing of development', () => {
    expect(files.filter((file) => !PACKED.some((pattern) => pattern.test(file)))).toEqual([]);
  });

  it('says its version, and no commit of a repository that it is installed in', async () => {
    const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
    expect((await installed(temporaryFolder(), '--version')).stdout).toBe(`${version}\n`);
    if (existsSync(join(ROOT, '.git')))
      expect((await start(['--version']).ended).stdout).toMatch(/ \(commit [0-9a-f]{7,}(, changed)?\)\n$/);
  });

  it('brings the manual page where man looks', () => {
    expect(readFileSync(join(prefix, 'share/man/man1/ctload.1'), 'utf8')).toMatch(/^\.TH CTLOAD 1/);
  });

  it('finds the shipped scenarios by name, anywhere', async () => {
    const { code, stdout } = await installed(temporaryFolder(), 'validate', ...shippedNames());
    expect(code).toBe(0);
    expect(stdout).toBe(
      shippedNames()
        .map((name) => `ok ${name}\n`)
        .join(''),
    );
  });

  it('copies one that can be changed', async () => {
    const empty = temporaryFolder();
    expect((await installed(empty, 'init', 'burst')).code).toBe(0);
    expect(readdirSync(empty)).toEqual(['burst.yaml']);
    expect((await installed(empty, 'inspect', 'burst.yaml')).stdout).toMatch(/^# Prediction: full after/m);
  });

  it('writes every report', async () => {
    const run = join(temporaryFolder(), 'run');
    cpSync(join(ROOT, 'test/fixtures/runs/smoke'), run, { recursive: true });
    expect((await installed(run, 'report', '.')).code).toBe(0);
    expect(readFileSync(join(run, 'report.html'), 'utf8')).toContain('uPlot');
  });

  it('runs one, with its helper processes', skipFor(unfit), async () => {
    const empty = temporaryFolder();
    const args = ['run', 'smoke', '--set', 'gateway.conntrack.method=ballast', '--set', 'floods.requests.kind=stale', '--quiet'];
    const { code, stderr } = await installed(empty, ...args);
    expect(code, stderr).toBe(0);
    const [results = ''] = readdirSync(join(empty, 'results'));
    expect(JSON.parse(readFileSync(join(empty, 'results', results, 'summary.json'), 'utf8')).verdict.kind).toBe('broke');
  });
});
