import { runGuardian } from '../lab/lease/guardian.ts';

await runGuardian();
