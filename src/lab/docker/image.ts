import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CtloadError, messageOf } from '../../platform/errors.ts';
import type { Log } from '../../platform/log.ts';
import { findImage, OFFLINE_BASE, obtainBase, SCRIPT } from './base-image.ts';
import { type Engine, followed, unlessGone } from './engine.ts';
import { contentHash, packageContent, stageContent } from './package-content.ts';

export const IMAGE = 'ctload/lab';
const CONTENT_LABEL = 'ctload.content';

/**
 * The id of an image with the programs of this ctload; built when the engine has none with the same content.
 * @throws {CtloadError} exit 100 when it cannot be built.
 */
export async function ensureImage(engine: Engine, log: Log, signal: AbortSignal): Promise<string> {
  const base = await obtainBase(engine, log, signal);
  const files = packageContent();
  const content = contentHash(files, base.id);
  const [ready] = await engine.docker.listImages({ filters: { label: [`${CONTENT_LABEL}=${content}`] } });
  if (ready !== undefined) return ready.Id;

  const previous = await findImage(engine, IMAGE);
  log.info(`docker: building ${IMAGE} on ${base.name}`);
  const folder = mkdtempSync(join(tmpdir(), 'ctload-image-'));
  try {
    stageContent(files, folder);
    const progress = await engine.docker.buildImage(
      { context: folder, src: ['.'] },
      {
        t: IMAGE,
        buildargs: { BASE_IMAGE: base.name },
        labels: { [CONTENT_LABEL]: content },
        forcerm: true,
        abortSignal: signal,
      },
    );
    await followed(engine, progress);
  } catch (cause) {
    throw new CtloadError(`cannot build the image ${IMAGE}: ${messageOf(cause)}`, {
      hint: `if the engine cannot reach a Debian mirror, make a base image that has all packages: ${SCRIPT} | docker import - ${OFFLINE_BASE}`,
      cause,
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  const built = await findImage(engine, IMAGE);
  if (built === undefined) throw new CtloadError(`image ${IMAGE} is missing right after it was built`);
  if (previous !== undefined) await unlessGone(engine.docker.getImage(previous.id).remove()); // in use by another run: removed next time
  return built.id;
}
