import type { CompositionRecord } from '../model/sample.ts';
import { entry } from '../platform/entry.ts';
import type { Host } from '../platform/exec.ts';
import { type RemoteProbe, startRemoteProbe } from './remote.ts';

/** The command of the process that lists; it does nothing before it is told to start. */
export function compositionCommand(): string[] {
  return entry('probe/composition-process');
}

/**
 * Starts a process on `host` that counts its conntrack entries by state, ballast left out: every 0.5 s, less often where
 * a listing costs more than 25 ms.
 * @throws {CtloadError} exit 112 when it cannot run there.
 */
export function startComposition(host: Host, options: { onRecord(record: CompositionRecord): void }): Promise<RemoteProbe> {
  return startRemoteProbe(host, compositionCommand(), 'table listing', options.onRecord);
}
