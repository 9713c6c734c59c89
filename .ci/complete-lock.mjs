// Adds to package-lock.json the packages for other platforms that a partial registry mirror left out: without them `npm ci`
// refuses the lock file everywhere. Run it after every `npm install` behind such a mirror. Changes nothing when none is missing.
import { readFileSync, writeFileSync } from 'node:fs';

const file = new URL('../package-lock.json', import.meta.url);
const lock = JSON.parse(readFileSync(file, 'utf8'));
const OS = ['android', 'darwin', 'freebsd', 'linux', 'openbsd', 'win32'];
const CPU = ['arm', 'arm64', 'ia32', 'ppc64', 'riscv64', 's390x', 'x64'];

for (const [owner, { optionalDependencies, dev }] of Object.entries({ ...lock.packages })) {
  for (const [name, version] of Object.entries(optionalDependencies ?? {})) {
    const path = `node_modules/${name}`;
    if (path in lock.packages || `${owner}/${path}` in lock.packages) continue;
    const words = name.split(/[-/]/);
    lock.packages[path] = {
      version,
      cpu: words.filter((word) => CPU.includes(word)),
      ...(dev ? { dev } : {}),
      ...(words.includes('musl') ? { libc: ['musl'] } : {}),
      optional: true,
      os: words.filter((word) => OS.includes(word)),
    };
  }
}
const { '': root, ...packages } = lock.packages;
const sorted = Object.fromEntries(Object.entries(packages).sort(([a], [b]) => (a < b ? -1 : 1)));
writeFileSync(file, `${JSON.stringify({ ...lock, packages: { '': root, ...sorted } }, null, 2)}\n`);
