import { z } from 'zod';
import { IPVS_DEFAULTS, TUNNEL_DEFAULTS } from '../../model/input/tracking.ts';
import { choice } from './values.ts';

/** `gateway.ipvs`. */
export const ipvs = z
  .strictObject({
    conntrack: z
      .boolean()
      .default(IPVS_DEFAULTS.conntrack)
      .describe(
        'Whether the connections of IPVS are tracked, too (net.ipv4.vs.conntrack), as kube-proxy has it; false is the kernel’s default and rules out masquerade.',
      ),
    notrack: z
      .boolean()
      .default(IPVS_DEFAULTS.notrack)
      .describe(
        'With conntrack: false, whether NOTRACK in the raw table takes packets of the service past conntrack. Without, each new connection still takes an entry for a moment, and is dropped while the table is full.',
      ),
  })
  .superRefine(({ conntrack, notrack }, context) => {
    if (!conntrack || !notrack) return;
    context.addIssue({ code: 'custom', path: ['notrack'], message: 'needs conntrack: false; with it IPVS would track nothing' });
  })
  .meta({
    anyOf: [
      { required: ['conntrack'], properties: { conntrack: { const: false } } },
      { properties: { notrack: { const: false } } },
    ],
  })
  .optional()
  .describe('With dataplane ipvs: how IPVS forwards.');

/** `gateway.tunnel`. */
export const tunnel = z
  .strictObject({
    kind: choice(['vxlan', 'wireguard'], [], 'What the packets are wrapped in.').prefault(TUNNEL_DEFAULTS.kind),
    ends: choice(
      ['beyond', 'gateway'],
      [],
      'Where the tunnel from the client ends: beyond the gateway, at the backend, so that the gateway forwards outer packets only; or at the gateway, which forwards what comes out.',
    ).prefault(TUNNEL_DEFAULTS.ends),
  })
  .optional()
  .describe('With dataplane tunnel: the tunnel.');
