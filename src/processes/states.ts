import type { TimelineRecord } from '../model/timeline/sample.ts';
import { sendToOwner } from '../platform/remote/child-side.ts';
import { serveProbe } from '../probe/serve-probe.ts';
import { StateBreakdownLoop } from '../probe/states/breakdown-loop.ts';
import { yieldCpu } from '../probe/states/niceness.ts';

// Started in the gateway's namespace, whose table it lists.
// A listing of a large table keeps a CPU busy for seconds, which the load needs more.
yieldCpu();
await serveProbe(new StateBreakdownLoop((records) => sendToOwner<TimelineRecord>(...records)));
process.exit();
