import { constants, setPriority } from 'node:os';
import { StateBreakdownLoop } from '../probe/breakdown-loop.ts';
import { serve, writeRecords } from '../probe/child.ts';

// Entry point: `node processes/states.js`, started by composition.ts in the gateway's namespace.
// A listing of a large table keeps a CPU busy for seconds, which the load needs more.
setPriority(constants.priority.PRIORITY_LOW);
await serve(new StateBreakdownLoop(writeRecords));
process.exit();
