import { writeSync } from 'node:fs';
import { serveGuest } from '../lab/vm/guest-process.ts';

// In a pod, for a ctload outside of the cluster, which asks for the time twice a second. What it has started ends with it:
// their stdin closes. What is said while the API server is away waits in memory: a process that waited with it would not see that
// its time is over.
const SILENT_SECONDS = 5;

const leave = () => process.exit();
const give = () => {
  writeSync(2, `nothing was heard of ctload for ${SILENT_SECONDS} s`);
  process.exit(1);
};
let orphaned: NodeJS.Timeout | undefined;
serveGuest({
  ownerGone: leave,
  onCommand: () => {
    clearTimeout(orphaned);
    orphaned = setTimeout(give, SILENT_SECONDS * 1000);
  },
  write: (bytes) => void process.stdout.write(bytes),
});
