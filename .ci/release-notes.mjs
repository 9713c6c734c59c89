// Prints the notes of a release from .github/CHANGELOG.md.
//   node .ci/release-notes.mjs v1.2.3   of that tag; fails unless package.json has that version and the changelog a dated section
//   node .ci/release-notes.mjs          what is not released yet, for a dry run
import { readFileSync } from 'node:fs';

const read = (path) => readFileSync(new URL(`../${path}`, import.meta.url), 'utf8');
const fail = (message) => {
  process.stderr.write(`release: ${message}\n`);
  process.exit(1);
};
const [tag] = process.argv.slice(2);
const { version } = JSON.parse(read('package.json'));
if (tag !== undefined && tag !== `v${version}`) fail(`the tag is ${tag}, package.json has version ${version}`);

const sections = read('.github/CHANGELOG.md')
  .split(/^(?=## )/m)
  .slice(1);
const wanted =
  tag === undefined ? /^## \[Unreleased\]\n/ : new RegExp(`^## \\[${version.replaceAll('.', '\\.')}\\] - \\d{4}-\\d\\d-\\d\\d\n`);
const section = sections.find((text) => wanted.test(text));
if (section === undefined)
  fail(`.github/CHANGELOG.md has no section ${tag === undefined ? '[Unreleased]' : `[${version}] with a date`}`);
process.stdout.write(`${section.replace(/^.*\n/, '').trim()}\n`);
