import { serve, writeRecords } from './child.ts';
import { Composing } from './composing.ts';

// Entry point: `node probe/composition-process.js`, started by composition.ts in the gateway's namespace.
await serve(new Composing(writeRecords));
process.exit();
