import type { ReasonFigures } from '../../model/result/findings.ts';
import { deletes } from '../../model/timeline/action.ts';
import { type RunLog, rise } from '../log/run-log.ts';

/** Held connections that were lost because an action deleted their entries. */
export type DeletedHeld = ReasonFigures['held-lost-by-deletion'];

/**
 * Held connections that closed after an action had deleted entries, as far as resets account for them. The next packet of such a
 * connection makes a new entry (tcp_loose); a gateway that masquerades gives it another source port, for which the backend has no
 * connection: it answers with a RST, and the client's kernel counts a reset connection. 999 of 1,000 WebSockets, 999 resets sent,
 * 999 received (kernel 6.18). Undefined where there are none, or not so many resets.
 */
export function heldLostByDeletion({
  loads,
  netstat,
  actions,
}: Pick<RunLog, 'loads' | 'netstat' | 'actions'>): DeletedHeld | undefined {
  const deletions = actions.filter((action) => deletes(action) && (action.deletedEntries ?? 0) > 0);
  const [first] = deletions;
  if (first === undefined) return undefined;
  const deleted = deletions.reduce((sum, { deletedEntries = 0 }) => sum + deletedEntries, 0);
  const connections = loads.reduce((sum, { at, disconnected = 0 }) => (at > first.t ? sum + disconnected : sum), 0);
  const clientResets = rise(netstat.client, 'TcpEstabResets');
  const backendResets = rise(netstat.backend, 'TcpOutRsts');
  if (connections === 0 || connections > Math.min(deleted, clientResets, backendResets)) return undefined;
  return { connections, atSeconds: first.t, clientResets, backendResets };
}
