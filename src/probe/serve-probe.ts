import { listenToOwner, sendToOwner } from '../platform/remote/child-side.ts';
import type { ProbeCommand } from './remote.ts';

/** What a probe does between its owner's commands. */
export interface ProbeLoop {
  /** Records until it is stopped, with times relative to `epoch`; resolves when the last record is written. */
  run(epoch: number): Promise<void>;
  /** Ends the recording; a loop whose last reading is compared with another host's takes it at `at`, of this machine's clock. */
  stop(at: number): void;
}

/**
 * The probe's half of remote.ts: says that it is ready, follows `start` and `stop`. Resolves when there is nothing left to do or
 * the owner is gone; the process must then exit, whatever else is open.
 * @throws what `run` throws.
 */
export function serveProbe(loop: ProbeLoop): Promise<void> {
  return new Promise((resolve, reject) => {
    let running = false;
    listenToOwner<ProbeCommand>((command) => {
      if (command.type === 'start') {
        running = true;
        loop.run(command.epoch).then(resolve, reject);
      } else if (running) loop.stop(command.at);
      else resolve();
    }, resolve);
    sendToOwner({ type: 'ready' });
  });
}
