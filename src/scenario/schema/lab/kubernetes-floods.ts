import type { z } from 'zod';
import { isUrl, type PodTarget } from '../../../model/input/existing/kubernetes.ts';
import type { FloodKind } from '../../../model/input/flood-kind.ts';
import { FLOOD_TRAITS } from '../../../model/input/flood-traits.ts';

interface File {
  readonly lab: { readonly kubernetes?: { readonly allowNetAdmin: boolean; readonly target: PodTarget } | undefined };
  readonly floods: Readonly<Record<string, { readonly kind?: FloodKind; readonly reply?: boolean }>>;
}

/** Why pods cannot send floods of a kind, whatever they are allowed. */
const NEVER: Partial<Record<FloodKind, string>> = {
  icmp: 'icmp floods need raw sockets and addresses that answer, which pods do not have; use driver netns or vm',
  dns: 'dns floods need a service whose two endpoints are both ctload’s; use driver netns or vm',
};

/** What the rules in the pods are for. */
const RULES: Partial<Record<FloodKind, string>> = {
  stale: 'stale floods need a rule in the client’s and the backend’s pod that drops their FIN and RST',
  'half-open': 'half-open floods need a rule in the backend’s pod that drops and counts their SYNs',
  udp: 'udp floods without reply need a rule in the backend’s pod that drops its ICMP errors',
};

/** Refuses the floods that pods cannot send, and those that need NET_ADMIN where the scenario does not allow it. */
export function checkPodFloods({ lab, floods }: File, context: z.core.$RefinementCtx): void {
  const isForeign = lab.kubernetes !== undefined && isUrl(lab.kubernetes.target);
  for (const [name, { kind, reply }] of Object.entries(floods)) {
    if (kind === undefined) continue;
    const never =
      NEVER[kind] ??
      (isForeign && !FLOOD_TRAITS[kind].ordinaryServer
        ? `${kind} floods need a backend of ctload’s own; lab.kubernetes.target is a url`
        : undefined);
    const rule = kind === 'udp' && reply === true ? undefined : RULES[kind];
    const message =
      never === undefined && rule !== undefined && lab.kubernetes?.allowNetAdmin !== true
        ? `${rule}: allow their pods NET_ADMIN with lab.kubernetes.allowNetAdmin: true`
        : never;
    if (message !== undefined) context.addIssue({ code: 'custom', path: ['floods', name, 'kind'], message });
  }
}
