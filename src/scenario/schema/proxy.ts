import type { z } from 'zod';
import { type Dataplane, terminates } from '../../model/input/dataplanes.ts';
import type { FloodKind } from '../../model/input/flood-kind.ts';
import { FLOOD_TRAITS, kindsWith } from '../../model/input/flood-traits.ts';

interface ProxiedFile {
  readonly gateway: { readonly dataplane: Dataplane };
  readonly floods: Readonly<Record<string, { readonly kind?: FloodKind | undefined }>>;
}

/** Refuses floods that a proxy does not pass on. */
export function checkProxy({ gateway, floods }: ProxiedFile, context: z.core.$RefinementCtx): void {
  if (!terminates(gateway.dataplane)) return;
  for (const [name, { kind }] of Object.entries(floods)) {
    if (kind === undefined || FLOOD_TRAITS[kind].proxied) continue;
    const proxied = kindsWith((traits) => traits.proxied).join(' and ');
    const message = `${kind} floods do not pass through gateway.dataplane ${gateway.dataplane}; use ${proxied} floods`;
    context.addIssue({ code: 'custom', path: ['floods', name, 'kind'], message });
  }
}
