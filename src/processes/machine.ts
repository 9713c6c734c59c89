import { readFileSync } from 'node:fs';
import type { TimelineRecord } from '../model/timeline/sample.ts';
import { sendToOwner } from '../platform/remote/child-side.ts';
import { HostProbeLoop } from '../probe/host-probe-loop.ts';
import { serveProbe } from '../probe/serve-probe.ts';

// Started on a machine of its own, with the machine's name in records.
const machine = process.argv[2] ?? '';
/** On such a machine ctload's processes are the children of its first process, and that one. */
const own = (): number[] => [1, ...readFileSync('/proc/1/task/1/children', 'utf8').trim().split(' ').map(Number)];
await serveProbe(new HostProbeLoop({ machine, pids: own }, (record) => sendToOwner<TimelineRecord>(record)));
process.exit();
