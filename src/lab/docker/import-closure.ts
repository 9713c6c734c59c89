import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';

/** What some modules need to run. */
export interface Closure {
  /** The modules themselves and every file they import, by absolute path. */
  readonly files: ReadonlySet<string>;
  /** Packages they import by name. */
  readonly packages: ReadonlySet<string>;
}

/** `import … from '…'`, `export … from '…'`, `import '…'`, `import('…')` and `require('…')`, as the compiler writes them. */
const IMPORT =
  /^\s*(?:import|export)\b[^'"=();]*\bfrom ['"]([^'"]+)['"]|^\s*import ['"]([^'"]+)['"]|\b(?:import|require)\(['"]([^'"]+)['"]\)/gm;

/** Everything that `modules`, absolute paths of built files, import directly or indirectly. */
export function importClosure(modules: readonly string[]): Closure {
  const files = new Set<string>();
  const packages = new Set<string>();
  const pending = [...modules];
  for (let file = pending.pop(); file !== undefined; file = pending.pop()) {
    if (files.has(file)) continue;
    files.add(file);
    for (const [, from, bare, called] of readFileSync(file, 'utf8').matchAll(IMPORT)) {
      const name = from ?? bare ?? called ?? '';
      if (name.startsWith('.')) pending.push(resolve(dirname(file), name));
      else if (!name.startsWith('node:')) packages.add(packageOf(name));
    }
  }
  return { files, packages };
}

/** `@scope/name/file` → `@scope/name`, `ws/lib/x.js` → `ws` */
function packageOf(specifier: string): string {
  return specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/');
}
