import { existsSync, mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { CtloadError, messageOf } from '../../src/platform/errors.ts';
import { execute, here } from '../../src/platform/exec.ts';
import { ExitCode } from '../../src/platform/exit-codes.ts';
import { findTool } from '../../src/platform/tools.ts';

/** The backend that all meet; every peer beside it is a package of Debian's. */
const BACKEND = 'nginx-light';
export const PEERS = ['wrk', 'apache2-utils', 'hey', 'nghttp2-client', 'netsniff-ng'] as const;
const AUTOCANNON = 'autocannon@8.0.0';

/** Programs that are unpacked into a folder of their own: the machine is left as it is. */
export interface Packages {
  /** Full path of a program; undefined when it could not be had. */
  find(name: string): string | undefined;
  /** Environment that lets unpacked programs find their libraries. */
  readonly env: Readonly<Record<string, string>>;
}

export interface Tools extends Packages {
  /** autocannon's entry point; undefined when it could not be had. */
  readonly autocannon: string | undefined;
}

/**
 * Fetches nginx and the peers with apt-get, into `folder` only. What cannot be had is missing; `say` is told why.
 * @throws {CtloadError} exit 112 when apt-get has no nginx for us, which every contestant needs.
 */
export async function fetchPackages(folder: string, peers: readonly string[], say: (line: string) => void): Promise<Packages> {
  const root = join(folder, 'root');
  const packages = [BACKEND, ...peers];
  say(`fetching into ${folder}: ${packages.join(', ')}`);
  const trouble = await unpack(packages, folder, root).then(
    () => undefined,
    (error: unknown) => messageOf(error),
  );
  if (trouble !== undefined) say(trouble);
  const triplet = ['usr/lib', 'lib'].flatMap((lib) => folders(join(root, lib)).filter((path) => path.endsWith('-linux-gnu')));
  const tools = {
    // apt-get fetches nothing that another of them only depends on and the machine has.
    find: (name: string) =>
      ['usr/bin', 'usr/sbin'].map((bin) => join(root, bin, name)).find((path) => existsSync(path)) ?? findTool(name),
    env: { LD_LIBRARY_PATH: triplet.join(':') },
  };
  if (tools.find('nginx') !== undefined) return tools;
  throw new CtloadError(`the backend of the bench, nginx, could not be had: ${trouble ?? 'no such package'}`, {
    hint: 'the bench needs Debian or Ubuntu, root, and a package mirror that answers (apt-get update)',
    exitCode: ExitCode.hostUnfit,
  });
}

/** `fetchPackages` with every peer, and autocannon, which npm has. */
export async function fetchTools(folder: string, say: (line: string) => void): Promise<Tools> {
  const packages = await fetchPackages(folder, PEERS, say);
  return { ...packages, autocannon: await fetchAutocannon(join(folder, 'npm'), say) };
}

/** Packages with what they depend on, as far as this machine lacks it; unpacked, not installed. */
async function unpack(packages: readonly string[], folder: string, root: string): Promise<void> {
  const archives = join(folder, 'archives');
  mkdirSync(join(archives, 'partial'), { recursive: true });
  const download = (names: readonly string[]) =>
    execute(
      [
        'apt-get',
        '-qq',
        '-y',
        '--no-install-recommends',
        '--reinstall',
        '--download-only',
        '-o',
        `Dir::Cache::archives=${archives}`,
        'install',
        ...names,
      ],
      {
        host: here,
        env: { DEBIAN_FRONTEND: 'noninteractive' },
      },
    );
  await download(packages).catch(async () => {
    await execute(['apt-get', '-qq', 'update']);
    await download(packages);
  });
  mkdirSync(root, { recursive: true });
  for (const file of readdirSync(archives).filter((name) => name.endsWith('.deb')))
    await execute(['dpkg', '-x', join(archives, file), root]);
}

async function fetchAutocannon(prefix: string, say: (line: string) => void): Promise<string | undefined> {
  say(`fetching ${AUTOCANNON}`);
  const entry = join(prefix, 'node_modules/autocannon/autocannon.js');
  try {
    mkdirSync(prefix, { recursive: true });
    await execute(['npm', 'install', '--silent', '--no-audit', '--no-fund', '--ignore-scripts', '--prefix', prefix, AUTOCANNON]);
  } catch (error) {
    say(`autocannon: ${messageOf(error)}`);
  }
  return existsSync(entry) ? entry : undefined;
}

function folders(path: string): string[] {
  return existsSync(path) ? readdirSync(path).map((name) => join(path, name)) : [];
}
