import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { namesIn } from '../../../../src/session/alerts/evaluate.ts';
import { errorOf } from '../../../fixtures/error-of.ts';

function rules(text: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'ctload-rules-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const file = join(folder, 'rules.yaml');
  writeFileSync(file, text);
  return file;
}

it('names the alerts of a file once each', () => {
  const text =
    'groups: [{rules: [{alert: A, expr: x}, {record: r, expr: x}, {alert: B, expr: x}]}, {rules: [{alert: A, expr: y}]}]';
  expect(namesIn(rules(text))).toEqual(['A', 'B']);
});

it.each([
  ['groups: 5', /it has no alert$/],
  ['groups: [null, {rules: {alert: A}}]', /it has no alert$/],
  ['', /it has no alert$/],
  ['# a page\n\ntext: and: more\n  lines', /^cannot read --alert-rules \S+: [^\n]+$/],
])('says in one line what it is instead: %j', (text, message) => {
  expect(errorOf(() => namesIn(rules(text))).message).toMatch(message);
});
