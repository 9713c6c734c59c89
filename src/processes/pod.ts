import { serveGuest } from '../lab/vm/guest-process.ts';

// In a pod, for a ctload outside of the cluster, which asks for the time twice a second. What it has started ends with it:
// their stdin closes.
const SILENT_SECONDS = 5;

const leave = () => process.exit();
let orphaned: NodeJS.Timeout | undefined;
serveGuest(leave, () => {
  clearTimeout(orphaned);
  orphaned = setTimeout(leave, SILENT_SECONDS * 1000);
});
