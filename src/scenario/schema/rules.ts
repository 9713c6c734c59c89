import { z } from 'zod';
import { refuse } from './values.ts';

/** A file, or, where it has a line break, the rules themselves: so they stand in a resolved scenario. */
const source = (description: string) =>
  z.string().min(1, { error: 'expected the path of a file with rules' }).describe(description);

/** `gateway.rules`. The files are read, and their text checked, by own-rules.ts. */
export const rules = z
  .strictObject({
    nftables: source(
      'File with rules for nft -f, its path relative to the scenario file, or the rules themselves. They may use $front_if, $back_if (interfaces towards client and backend), $client, $services and $endpoints (addresses; with lab.family dual IPv4’s, and $client6, $services6 and $endpoints6).',
    ).optional(),
    iptables: source('The same for iptables-restore, without these variables.').optional(),
    mode: z
      .enum(['add', 'replace'])
      .default('add')
      .describe('Whether the rules are added to those of the dataplane, or take their place.'),
  })
  .superRefine(({ nftables, iptables }, context) => {
    if ((nftables === undefined) === (iptables === undefined)) refuse(context, 'needs one of nftables and iptables');
  })
  .meta({ oneOf: [{ required: ['nftables'] }, { required: ['iptables'] }] })
  .optional()
  .describe('Rules of your own, loaded in the gateway as they are.');
