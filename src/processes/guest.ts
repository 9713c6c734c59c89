import { serveGuest } from '../lab/vm/guest-process.ts';

// The first process of a guest, after its init script; stdin and stdout are the port to ctload.
serveGuest();
