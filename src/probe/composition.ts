import type { CompositionRecord } from '../model/sample.ts';
import { entry } from '../platform/entry.ts';
import type { Host } from '../platform/exec.ts';
import { type RemoteProbe, startRemoteProbe } from './remote.ts';

/**
 * Starts a process on `host` that counts its conntrack entries by state, ballast left out: every 0.5 s, less often where
 * a listing costs more than 25 ms.
 * @throws {CtloadError} exit 112 when it cannot run there.
 */
export function startComposition(host: Host, options: { onRecord(record: CompositionRecord): void }): Promise<RemoteProbe> {
  return startRemoteProbe(host, entry('probe/composition-process'), 'table listing', options.onRecord);
}
