import { constants, setPriority } from 'node:os';
import { serve, writeRecords } from './child.ts';
import { Composing } from './composing.ts';

// Entry point: `node probe/composition-process.js`, started by composition.ts in the gateway's namespace.
// A listing of a large table keeps a CPU busy for seconds, which the load needs more.
setPriority(constants.priority.PRIORITY_LOW);
await serve(new Composing(writeRecords));
process.exit();
