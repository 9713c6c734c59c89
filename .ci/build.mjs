// Builds dist/ from src/. One bundle is the command line, one the programs that it starts on hosts: Node loads a few files instead
// of hundreds, which halves the time to start, and the Docker image takes the folder of the programs as it is. Types are checked
// by `npm run check`. Also writes what is made from the sources: scenarios/scenario.schema.json, the public copies of schemas, the
// manual page.
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
/** Loaded by a few runs only, or with parts that cannot be bundled (native ones, files that are read). */
const EXTERNAL = ['@kubernetes/client-node', 'dockerode', 'undici', 'uplot'];
/** Where there is a text of a licence that is the same for everybody. */
const COPIES = { 'Apache-2.0': 'node_modules/dockerode/LICENSE' };
/** hdr-histogram-js hides from bundlers that it wants zlib of Node, and would take its own slower one. */
const nodeZlib = {
  name: 'node-zlib',
  transform: (code, id) =>
    id.endsWith('/JsHistogram.encoding.js') ? code.replace(/eval\('(require\("zlib"\)\.\w+)'\)/g, '$1') : null,
};

process.chdir(ROOT);
rmSync('dist', { recursive: true, force: true });
const programs = Object.fromEntries(
  readdirSync('src/processes').map((file) => [basename(file, '.ts'), join('src/processes', file)]),
);
const bundled = new Set([...(await bundle({ cli: 'src/cli.ts' }, 'dist')), ...(await bundle(programs, 'dist/processes'))]);
writeFileSync('dist/LICENSES.txt', [...bundled].sort().map(licence).join('\n'));
mkdirSync('dist/report');
for (const file of readdirSync('src/report').filter((name) => name.endsWith('.schema.json')))
  cpSync(join('src/report', file), join('dist/report', file));
writeFileSync('scenarios/scenario.schema.json', await scenarioSchema());
writeFileSync('dist/ctload.1', execFileSync(process.execPath, ['dist/cli.js', 'man']));

/** Bundles to `dir`, and gives the names of the packages that are part of the bundle. */
async function bundle(input, dir) {
  const build = await rolldown({
    input,
    platform: 'node',
    external: EXTERNAL,
    plugins: [nodeZlib],
    transform: { target: 'node20.19' },
  });
  const { output } = await build.write({
    dir,
    format: 'esm',
    entryFileNames: '[name].js',
    chunkFileNames: 'chunks/[name]-[hash].js',
  });
  return output.flatMap(({ moduleIds = [] }) =>
    moduleIds.flatMap((id) => /node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(id)?.[1] ?? []),
  );
}

/** A package's notice: its licence asks that copies carry it. */
function licence(name) {
  const folder = join('node_modules', name);
  const file = readdirSync(folder).find((entry) => /^licen[cs]e/i.test(entry));
  const { version, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  // One that brings no copy of the Apache License has it word for word: the licence names nobody.
  const text = file === undefined ? COPIES[license] : join(folder, file);
  if (text === undefined) throw new Error(`${name} has no licence text, and ${license} has none here`);
  return `${name} ${version} (${license})\n\n${readFileSync(text, 'utf8')}\n`;
}

async function scenarioSchema() {
  const build = await rolldown({ input: 'src/scenario/schema/json-schema.ts', platform: 'node' });
  const { output } = await build.generate({ format: 'esm' });
  const module = await import(`data:text/javascript;base64,${Buffer.from(output[0].code).toString('base64')}`);
  return module.scenarioJsonSchema();
}
