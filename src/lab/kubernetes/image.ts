import { createHash } from 'node:crypto';
import {
  chmodSync,
  createReadStream,
  createWriteStream,
  mkdirSync,
  mkdtempSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { CtloadError, messageOf } from '../../platform/errors.ts';
import { CommandError, execute, interruptible } from '../../platform/exec.ts';
import { ExitCode } from '../../platform/exit-codes.ts';
import type { Log } from '../../platform/log.ts';
import { requireTools } from '../../platform/tools.ts';
import { VERSION } from '../../platform/version.ts';
import { SCRIPT } from '../docker/base-image.ts';
import { commandContent, IN_IMAGE, stageContent } from '../docker/package-content.ts';

/** Seconds for the packages of the base image to be downloaded and unpacked. */
const BASE_SECONDS = 600;

/** In the package, and where a shell looks for it. */
const COMMAND = 'dist/cli.js';
const COMMANDS = '/usr/local/bin';

export interface WriteOptions {
  readonly log: Log;
  readonly signal: AbortSignal;
}

export const IMAGE_NAME = `ctload/lab:${VERSION}`;

/**
 * Writes the image that pods run to `file`, as `docker save` does, which `docker load`, `ctr images import` and `kind load
 * image-archive` take: Debian packages, this Node.js and ctload, for pods and for `kubectl debug … -- ctload watch`. Needs
 * neither a registry nor an engine.
 * @throws {CtloadError} exit 100 when a package cannot be had or `file` not be written, 105 when `signal` ended it, 112 when a command is
 *   missing.
 */
export function writeImage(file: string, name: string, { log, signal }: WriteOptions): Promise<void> {
  requireTools(['tar', 'apt-get', 'dpkg-deb']);
  return interruptible(signal, () => write(file, name, log));
}

async function write(file: string, name: string, log: Log): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'ctload-image-'));
  try {
    log.info('making the file system from Debian packages');
    const env = { NODE: process.execPath };
    await execute(['sh', '-c', '"$0" > "$1"', SCRIPT, join(folder, 'base.tar')], { env, seconds: BASE_SECONDS });
    const content = join(folder, 'content');
    stageContent(commandContent(false), join(content, IN_IMAGE.root));
    mkdirSync(join(content, COMMANDS), { recursive: true });
    symlinkSync(join(IN_IMAGE.root, COMMAND), join(content, COMMANDS, 'ctload'));
    chmodSync(join(content, IN_IMAGE.root, COMMAND), 0o755);
    await tar(join(folder, 'programs.tar'), content, ['--sort=name', '--mtime=@0', '.']);
    const layers = ['base.tar', 'programs.tar'];
    const ids = await Promise.all(layers.map((layer) => sha256(join(folder, layer))));
    const config = JSON.stringify({
      architecture: process.arch === 'x64' ? 'amd64' : process.arch,
      os: 'linux',
      config: { Env: ['PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'], Cmd: ['node', '--version'] },
      rootfs: { type: 'layers', diff_ids: ids.map((id) => `sha256:${id}`) },
    });
    writeFileSync(join(folder, 'config.json'), config);
    writeFileSync(join(folder, 'manifest.json'), JSON.stringify([{ Config: 'config.json', RepoTags: [name], Layers: layers }]));
    await tar(join(folder, 'image.tar'), folder, ['manifest.json', 'config.json', ...layers]);
    await pipeline(createReadStream(join(folder, 'image.tar')), createWriteStream(file));
  } catch (cause) {
    if (cause instanceof CtloadError) throw cause;
    const why = cause instanceof CommandError ? cause.exit.stderr.trim().split('\n').at(-1) : messageOf(cause);
    throw new CtloadError(`cannot write the image ${file}: ${why}`, { exitCode: ExitCode.setup, cause });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function tar(file: string, folder: string, what: readonly string[]): Promise<void> {
  await execute(['tar', '-C', folder, '--owner=0', '--group=0', '--numeric-owner', '-cf', file, ...what]);
}

async function sha256(file: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(file), hash);
  return hash.digest('hex');
}
