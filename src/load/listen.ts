import type { Listen } from './listener.ts';
import { listenNet } from './net-wire.ts';
import { rawListener } from './raw-wire.ts';

/** By bare handles where Node gives access to them, else by net.Server. */
export const listen: Listen = rawListener() ?? listenNet;
