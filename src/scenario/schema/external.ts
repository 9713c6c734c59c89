import { z } from 'zod';
import { isUnpublic, parseEndpoint, parsePlace } from '../../model/input/external.ts';
import { refuse } from './values.ts';

/** Kinds of flood that need nothing but a server at the other end. */
const KINDS = ['short', 'long'];

const PLACE = 'host, netns:NAME (under /run/netns) or pid:NUMBER';
const PLACE_OR_NONE = 'host, netns:NAME (under /run/netns), pid:NUMBER or none';

/** What the target's server answers with is its own affair, but who may be loaded is not. */
const ACKNOWLEDGE = 'set lab.allowPublicTargets: true if its owner agrees to the load';

const endpoint = z
  .string({ error: 'expected ADDRESS:PORT, or a list of them' })
  .transform((text, context) => {
    return (
      parseEndpoint(text) ?? refuse(context, `expected ADDRESS:PORT with an IPv4 address, no name, got ${JSON.stringify(text)}`)
    );
  })
  .meta({ description: 'ADDRESS:PORT', pattern: '^(\\d+\\.\\d+\\.\\d+\\.\\d+:\\d+|.*\\$\\{.*)$' });

const target = z
  .union([z.array(endpoint).min(1, { error: 'needs at least one target' }), endpoint.transform((one) => [one])]) // the last one's message is for what is neither
  .describe('Driver external: what clients connect to, ADDRESS:PORT or a list of them; floods go round them.');

const place = (description: string, expected = PLACE) =>
  z
    .string({ error: `expected ${expected}` })
    .transform((text, context) => parsePlace(text) ?? refuse(context, `expected ${expected}, got ${JSON.stringify(text)}`))
    .meta({ description, pattern: '^(host|netns:[^/\\s]+|pid:\\d+|.*\\$\\{.*)$' });

/** Keys of `lab` that only `driver: external` has. */
const keys = {
  target,
  conntrack: z
    .union([z.literal('none'), place('', PLACE_OR_NONE)])
    .default('none')
    .describe(`Driver external: where the gateway's table is: ${PLACE}. With none the table is unknown, and so is what broke.`),
  client: place('Driver external: the network namespace the load comes from: as for conntrack.').prefault('host'),
  allowPublicTargets: z
    .boolean()
    .default(false)
    .describe('Driver external: targets may lie outside loopback, private networks (RFC 1918) and 198.18.0.0/15.'),
};

/** The `lab` of a gateway that ctload has not built. */
export const externalLab = z
  .strictObject({ driver: z.literal('external').describe('Load a gateway that ctload has not built.'), ...keys })
  .superRefine(({ target: targets, allowPublicTargets }, context) => {
    if (allowPublicTargets) return;
    const beyond = targets.filter(({ address }) => !isUnpublic(address)).map(({ address }) => address);
    if (beyond.length === 0) return;
    const message = `${beyond.join(', ')} is not loopback, private (RFC 1918) or in 198.18.0.0/15: ${ACKNOWLEDGE}`;
    context.addIssue({ code: 'custom', path: ['target'], message });
  });

/** The same keys beside another driver: refused. Editors mark them as wrong. */
export const noExternalKeys = Object.fromEntries(
  Object.keys(keys).map((key) => [key, z.never({ error: 'only with driver: external' }).optional()]),
) as Record<keyof typeof keys, z.ZodOptional<z.ZodNever>>;

/** A section of the scenario that `driver: external` has no use for. */
export const notExternal = (what: string) => z.never({ error: `not with driver: external: ${what}` }).optional();

/** Refuses the floods that need rules inside the lab. */
export function checkExternalFloods(
  floods: Readonly<Record<string, { readonly kind: string }>>,
  context: z.core.$RefinementCtx,
): void {
  for (const [name, { kind }] of Object.entries(floods)) {
    if (KINDS.includes(kind)) continue;
    const message = `${kind} needs rules and a backend in a lab of ctload's own; driver external takes ${KINDS.join(' and ')}`;
    context.addIssue({ code: 'custom', path: [name, 'kind'], message });
  }
}
