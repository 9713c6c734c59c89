import type { z } from 'zod';
import type { flood } from './floods.ts';

type Floods = Readonly<Record<string, z.output<typeof flood>>>;

/** Refuses half-closed and kept connections where nothing is exchanged, or the client has no hold on the socket. */
export function checkCloses(floods: Floods, context: z.core.$RefinementCtx): void {
  for (const [name, one] of Object.entries(floods)) {
    if (one.kind !== 'short') continue;
    const refuse = (key: string, message: string) => context.addIssue({ code: 'custom', path: [name, key], message });
    const direct = one.protocol === 'http' && one.client === 'direct';
    const { close, requestsPerConnection, lifetime } = one;
    if (close === 'half' && !direct) refuse('close', 'half needs protocol: http and client: direct');
    for (const [key, value, standard] of [
      ['requestsPerConnection', requestsPerConnection, 1],
      ['lifetime', lifetime, 0],
    ] as const) {
      if (value === standard) continue;
      if (!direct) refuse(key, 'needs protocol: http and client: direct');
      else if (close === 'half') refuse(key, 'cannot be combined with close: half, where the backend closes after one response');
    }
  }
}

/** Refuses a time limit for replies that are never sent, which would be ignored. */
export function checkReplies(floods: Floods, context: z.core.$RefinementCtx): void {
  for (const [name, one] of Object.entries(floods)) {
    if (one.kind !== 'udp' || one.reply || one.responseTimeout === undefined) continue;
    context.addIssue({ code: 'custom', path: [name, 'responseTimeout'], message: 'only allowed with reply: true' });
  }
}
