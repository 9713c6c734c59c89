import type { z } from 'zod';
import { BUILT_DATAPLANES, type Dataplane, type Masquerade, terminates, translates } from '../../model/input/dataplanes.ts';
import type { FloodKind } from '../../model/input/flood-kind.ts';
import { FLOOD_TRAITS, kindsWith } from '../../model/input/flood-traits.ts';

interface File {
  readonly gateway: { readonly dataplane: Dataplane; readonly masquerade?: Masquerade | undefined };
  readonly floods: Readonly<Record<string, { readonly kind?: FloodKind | undefined }>>;
}

/** Refuses what a dataplane does not have: floods that a proxy does not pass on, masquerade where nothing is translated. */
export function checkDataplane({ gateway: { dataplane, masquerade }, floods }: File, context: z.core.$RefinementCtx): void {
  if (masquerade !== undefined && !translates(dataplane)) {
    const message = `only allowed with dataplane ${BUILT_DATAPLANES.filter(translates).join(' or ')}; ${dataplane} translates no addresses`;
    context.addIssue({ code: 'custom', path: ['gateway', 'masquerade'], message });
  }
  if (!terminates(dataplane)) return;
  for (const [name, { kind }] of Object.entries(floods)) {
    if (kind === undefined || FLOOD_TRAITS[kind].proxied) continue;
    const proxied = kindsWith((traits) => traits.proxied).join(' and ');
    const message = `${kind} floods do not pass through gateway.dataplane ${dataplane}; use ${proxied} floods`;
    context.addIssue({ code: 'custom', path: ['floods', name, 'kind'], message });
  }
}
