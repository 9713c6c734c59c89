import { execFileSync } from 'node:child_process';
import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT, type Running, start, temporaryFolder } from './ctload.ts';

/** Runs shell commands as the user nobody. */
export function asNobody(command: string): Running {
  return start(['-c', command], ['su', 'nobody', '-s', '/bin/sh']);
}

/** A folder in which nobody may write. */
export function nobodysFolder(): string {
  const folder = temporaryFolder();
  execFileSync('chmod', ['777', folder]);
  return folder;
}

/** Starts `node dist/cli.js words` as nobody. In a clone below a private folder, nobody needs one of its own. */
export async function ctloadAsNobody(words: string, env: Readonly<Record<string, string>> = {}): Promise<Running> {
  let clone = ROOT;
  if ((await asNobody(`test -r ${join(ROOT, 'dist/cli.js')}`).ended).code !== 0) {
    clone = join(nobodysFolder(), 'clone');
    for (const part of ['dist', 'node_modules', 'scenarios', 'package.json']) {
      cpSync(join(ROOT, part), join(clone, part), { recursive: true });
    }
  }
  const set = Object.entries(env).map(([name, value]) => `${name}=${value} `);
  return asNobody(`cd ${clone} && ${set.join('')}${process.execPath} dist/cli.js ${words}`);
}
