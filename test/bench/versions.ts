import { execute } from '../../src/platform/exec.ts';
import type { Tools } from './tools.ts';

/** How each tool tells its version, and what of its answer is one. Some exit with an error code when asked. */
const ASK: readonly (readonly [program: string, flag: string, version: RegExp])[] = [
  ['nginx', '-v', /nginx\/(\S+)/],
  ['wrk', '-v', /wrk (?:debian\/)?(\S+)/],
  ['ab', '-V', /Version (\S+)/],
  ['h2load', '--version', /nghttp2\/(\S+)/],
  ['trafgen', '--version', /trafgen (\S+)/],
];

/** Versions of ctload, Node and the unpacked programs; those that do not say theirs (hey) are left out. */
export async function toolVersions(tools: Tools, cli: string): Promise<Record<string, string>> {
  const versions: Record<string, string> = { ctload: await execute([process.execPath, cli, '--version']), node: process.version };
  for (const [program, flag, pattern] of ASK) {
    const path = tools.find(program);
    if (path === undefined) continue;
    const text = await execute(['sh', '-c', '"$@" 2>&1; true', 'sh', path, flag], { env: tools.env });
    const version = pattern.exec(text)?.[1];
    if (version !== undefined) versions[program] = version;
  }
  return versions;
}
