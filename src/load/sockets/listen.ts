import type { ListenTcp } from './listener.ts';
import { listenNet } from './net-connection.ts';
import { rawListener } from './raw-connection.ts';

/** By bare handles where Node gives access to them, else by net.Server. */
export const listen: ListenTcp = rawListener() ?? listenNet;
