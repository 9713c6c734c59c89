import { fileURLToPath } from 'node:url';

/** Folder of ctload's package on this machine, with a slash at the end. */
export const PACKAGE = fileURLToPath(new URL('../../', import.meta.url));
