import { holdLimit, keepLimit, repairLimit } from '../lab/kubernetes/limit/keeper.ts';

// In a privileged pod on a node: `keep` is its first process, `hold` lowers the node's limit for a run, `repair` restores it after one.
const [mode, before, during] = process.argv.slice(2);
if (mode === 'keep') keepLimit();
else if (mode === 'repair') repairLimit({ before: Number(before), during: Number(during) });
else holdLimit();
