import { z } from 'zod';
import {
  type ExternalSpec,
  isUnpublic,
  type Place,
  parseEndpoint,
  parsePlace,
  placeText,
  tablePlaces,
} from '../../model/input/external.ts';
import type { FloodKind } from '../../model/input/flood-kind.ts';
import { FLOOD_TRAITS, kindsWith } from '../../model/input/flood-traits.ts';
import { ENDPOINT, PLACE as PLACE_PATTERN, UNPUBLIC_ENDPOINT } from './patterns.ts';
import { refuse } from './values.ts';

const PLACE = 'host, netns:NAME (under /run/netns) or pid:NUMBER';
const PLACE_OR_NONE = 'host, netns:NAME (under /run/netns), pid:NUMBER or none';

/** Any server will do as a target, but its owner has to have authorized the load. */
const ACKNOWLEDGE = 'set lab.allowPublicTargets: true if its owner has authorized this load';

const endpoint = z
  .string({ error: 'expected ADDRESS:PORT, or a list of them' })
  .transform((text, context) => {
    return (
      parseEndpoint(text) ??
      refuse(context, `expected IPV4_ADDRESS:PORT (host names are not accepted), got ${JSON.stringify(text)}`)
    );
  })
  .meta({ description: 'IPv4 address and port, as ADDRESS:PORT.', pattern: ENDPOINT });

const target = z
  .union([z.array(endpoint).min(1, { error: 'needs at least one target' }), endpoint.transform((one) => [one])]) // the message of the last branch is the one for values that are neither
  .describe('With driver external: what clients connect to, ADDRESS:PORT or a list of them; floods rotate across them.');

const place = (description: string, expected = PLACE) =>
  z
    .string({ error: `expected ${expected}` })
    .transform((text, context) => parsePlace(text) ?? refuse(context, `expected ${expected}, got ${JSON.stringify(text)}`))
    .meta({ description, pattern: PLACE_PATTERN });

const places = z
  .array(place(`Network namespace of a table on the path: ${PLACE}.`))
  .min(1)
  .transform((list): ExternalSpec['conntrack'] => {
    const [first = 'none', second, ...more] = list;
    return second === undefined ? first : [first as Place, second, ...more];
  });

/** Keys of `lab` that only `driver: external` has. */
const keys = {
  target,
  conntrack: z
    .union([
      z.literal('none'),
      places,
      place(`Network namespace of the table: ${PLACE}.`, PLACE_OR_NONE), // the message of the last branch is the one for values that are neither
    ])
    .default('none')
    .describe(
      `With driver external: the network namespace of the gateway's conntrack table: ${PLACE}; a list of them where the path crosses several. With none the table is not monitored, so a run cannot prove that it was full.`,
    ),
  client: place(`With driver external: the network namespace that the load comes from: ${PLACE}.`).prefault('host'),
  allowPublicTargets: z
    .boolean()
    .default(false)
    .describe('With driver external: allows targets outside loopback, private networks (RFC 1918) and 198.18.0.0/15.'),
};

const unpublic = { type: 'string', pattern: UNPUBLIC_ENDPOINT };

/** The `lab` section for a gateway that ctload did not build. */
export const externalLab = z
  .strictObject({ driver: z.literal('external').describe('Targets a gateway that ctload did not build.'), ...keys })
  .superRefine(({ conntrack }, context) => {
    const names = tablePlaces({ conntrack }).map(placeText);
    if (new Set(names).size === names.length) return;
    context.addIssue({ code: 'custom', path: ['conntrack'], message: 'names a namespace twice' });
  })
  .superRefine(({ target: targets, allowPublicTargets }, context) => {
    if (allowPublicTargets) return;
    const beyond = targets.filter(({ address }) => !isUnpublic(address)).map(({ address }) => address);
    if (beyond.length === 0) return;
    const message = `${beyond.join(', ')} is not loopback, private (RFC 1918) or in 198.18.0.0/15: ${ACKNOWLEDGE}`;
    context.addIssue({ code: 'custom', path: ['target'], message });
  })
  .meta({
    anyOf: [
      { properties: { allowPublicTargets: { enum: [true] } }, required: ['allowPublicTargets'] },
      { properties: { target: { anyOf: [unpublic, { type: 'array', items: unpublic }] } } },
    ],
  });

/** The same keys next to another driver are refused; editors mark them as wrong. */
export const noExternalKeys = Object.fromEntries(
  Object.keys(keys).map((key) => [key, z.never({ error: 'only allowed with driver: external' }).optional()]),
) as Record<keyof typeof keys, z.ZodOptional<z.ZodNever>>;

/** A section of the scenario that `driver` does not use. */
export const notWith = (driver: 'external' | 'kubernetes', what: string) =>
  z.never({ error: `not allowed with driver: ${driver}: ${what}` }).optional();

/** Refuses the floods that need rules inside the lab. */
export const checkFloodsOf =
  (driver: 'external' | 'kubernetes') =>
  (
    floods: Readonly<
      Record<string, { readonly kind: FloodKind; readonly sources?: string | undefined; readonly family?: string | undefined }>
    >,
    context: z.core.$RefinementCtx,
  ): void => {
    for (const [name, { kind, sources, family }] of Object.entries(floods)) {
      if (family !== undefined) {
        const message = `not available with driver ${driver}: the family is that of the addresses it connects to; leave it out`;
        context.addIssue({ code: 'custom', path: [name, 'family'], message });
      }
      if (sources !== undefined) {
        const message = `not available with driver ${driver}: the addresses would have to belong to the client; leave it out`;
        context.addIssue({ code: 'custom', path: [name, 'sources'], message });
      }
      if (driver === 'kubernetes' || FLOOD_TRAITS[kind].ordinaryServer) continue; // what pods can send is checked with the rest of the file
      const supported = kindsWith((traits) => traits.ordinaryServer).join(' and ');
      const message = `${kind} floods need rules and a backend in a lab that ctload builds; driver ${driver} supports ${supported}`;
      context.addIssue({ code: 'custom', path: [name, 'kind'], message });
    }
  };
