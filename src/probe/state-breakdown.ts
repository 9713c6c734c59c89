import type { CompositionRecord } from '../model/timeline/sample.ts';
import type { Host } from '../platform/exec.ts';
import { entry } from '../platform/remote/entry.ts';
import { type RemoteProbe, startRemoteProbe } from './remote.ts';

/** The command of the process that lists; it does nothing before it is told to start. */
export function stateBreakdownCommand(): string[] {
  return entry('processes/states');
}

/**
 * Starts a process on `host` that counts its conntrack entries by state, ballast left out: every 0.5 s, less often where
 * a listing takes more than 25 ms of CPU. The `prefilled` entries are not listed, only counted in: all ESTABLISHED, and nothing
 * evicts them.
 * @throws {CtloadError} exit 112 when it cannot run there.
 */
export function startComposition(
  host: Host,
  { prefilled, onRecord }: { readonly prefilled: number; onRecord(record: CompositionRecord): void },
): Promise<RemoteProbe> {
  const complete = (listed: CompositionRecord): CompositionRecord => ({
    ...listed,
    states: { ...listed.states, ESTABLISHED: (listed.states['ESTABLISHED'] ?? 0) + prefilled },
    assured: listed.assured + prefilled,
  });
  return startRemoteProbe(host, stateBreakdownCommand(), 'table listing', (listed: CompositionRecord) =>
    onRecord(prefilled === 0 ? listed : complete(listed)),
  );
}
