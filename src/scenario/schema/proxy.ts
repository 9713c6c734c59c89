import type { z } from 'zod';
import type { Dataplane } from '../../model/input/scenario.ts';

interface ProxiedFile {
  readonly gateway: { readonly dataplane: Dataplane };
  readonly floods: Readonly<Record<string, { readonly kind?: string | undefined }>>;
}

/** A proxy speaks with both ends: what never completes a handshake, or is forgotten by both, does not go through it. */
export function checkProxy({ gateway, floods }: ProxiedFile, context: z.core.$RefinementCtx): void {
  if (gateway.dataplane !== 'proxy') return;
  for (const [name, { kind }] of Object.entries(floods)) {
    if (kind !== 'stale' && kind !== 'half-open' && kind !== 'udp') continue;
    const message = `${kind} floods do not go through gateway.dataplane proxy; use short and long ones`;
    context.addIssue({ code: 'custom', path: ['floods', name, 'kind'], message });
  }
}
