import { sweepDocker } from '../../lab/docker/sweep.ts';
import { sweepKubernetes } from '../../lab/kubernetes/configured.ts';
import { sweep } from '../../lab/sweep.ts';
import { CtloadError } from '../../platform/errors.ts';
import { ExitCode } from '../../platform/exit-codes.ts';
import type { Log } from '../../platform/log.ts';

/**
 * `ctload clean`: removes what killed runs left behind and logs what that was. Safe while other runs are live.
 * @throws {CtloadError} exit 101 listing what could not be removed.
 */
export async function clean(log: Log): Promise<void> {
  const swept = [await sweepDocker({ log }), await sweep({ log }), await sweepKubernetes({ log })];
  const removed = swept.flatMap((one) => one.removed);
  const restored = swept.flatMap((one) => one.restored);
  const kept = swept.flatMap((one) => one.kept);
  for (const what of restored) log.info(`restored ${what}`);
  for (const what of removed) log.info(`removed ${what}`);
  if (kept.length > 0) {
    throw new CtloadError(`could not clean up ${kept.join('; ')}`, {
      hint:
        process.getuid?.() === 0
          ? 'stop the process holding it, then run ctload clean again'
          : 'run it as root: sudo ctload clean',
      exitCode: ExitCode.teardown,
    });
  }
  if (removed.length + restored.length === 0) log.info('nothing to clean');
}
