import type { Check } from '../../lab/checks.ts';
import { rawConnect } from '../../load/sockets/raw-connection.ts';
import { rawDatagramSockets } from '../../load/sockets/raw-datagram-socket.ts';

/** The Node that runs ctload, and which sockets floods get from it (load/sockets/node-internals.ts). */
export function checkRuntime(): Check[] {
  const bare = rawConnect() !== undefined && rawDatagramSockets() !== undefined;
  return [
    { name: 'Node', ok: true, detail: process.version },
    bare
      ? { name: 'sockets', ok: true, detail: 'bare libuv handles' }
      : {
          name: 'sockets',
          ok: false,
          detail: "Node's own: a request takes about 1.5 times the CPU time of a load process, a datagram 1.2 times",
          remedy: 'use Node 20 to 26 and leave CTLOAD_SOCKETS unset; results are the same, only the highest rates are lower',
        },
  ];
}
