import { runGuardian } from '../lab/lease/guardian.ts';

// Started through flock(1), on a host that sees this machine's lock file and may change its limits.
runGuardian();
