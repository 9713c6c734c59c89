import { readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const ROOT = fileURLToPath(new URL('../../../../', import.meta.url));
/** What changes files, sysctls or links. */
const WRITES =
  /\b(?:write|append)File|createWriteStream|\b(?:mkdir|mkdtemp|rm|rmdir|unlink|rename|symlink|link|chmod|chown|truncate|copyFile|cp)(?:Sync)?\(|openSync\([^)]*['"][wa]\+?['"]/;
const IMPORT = /^(?:import|export)\b[^;]*? from '(\.[^']+)';|\bimport\('(\.[^']+)'\)/gm;

/** The files that `file` needs, and all that those need; types are left out. */
function closure(file: string, found = new Map<string, string>()): Map<string, string> {
  if (found.has(file)) return found;
  const text = readFileSync(file, 'utf8');
  found.set(relative(ROOT, file), text);
  for (const [statement, from, lazy] of text.matchAll(IMPORT)) {
    const imported = join(dirname(file), from ?? lazy ?? '');
    if (!/^(?:import|export) type\b/.test(statement) && !found.has(relative(ROOT, imported))) closure(imported, found);
  }
  return found;
}

it('watch consists of files that write nothing, and start three commands that read', () => {
  const files = closure(join(ROOT, 'src/commands/watch/watch.ts'));
  expect([...files.keys()]).toContain('src/session/watch/tables.ts');
  expect([...files].filter(([, text]) => WRITES.test(text)).map(([file]) => file)).toEqual([]);
  const starts = [...files].filter(
    ([file, text]) => !file.startsWith('src/platform/') && /from '(?:[./]+platform\/exec\.ts|node:child_process)'/.test(text),
  );
  expect(starts.map(([file]) => file).sort()).toEqual([
    'src/probe/netlink-table.ts',
    'src/session/watch/allowances.ts',
    'src/session/watch/netlink-tables.ts',
    'src/session/watch/tables.ts',
  ]);
  expect(files.get('src/probe/netlink-table.ts')).toContain("spawnSync('conntrack', ['-S'],");
  expect(files.get('src/session/watch/netlink-tables.ts')).toContain('} && conntrack -S`');
  expect(files.get('src/session/watch/allowances.ts')).toContain("execute(['ethtool', '-S', device],");
  expect(files.get('src/session/watch/tables.ts')).toContain("'--', 'cat', '/proc/self/net/stat/nf_conntrack'];");
});
