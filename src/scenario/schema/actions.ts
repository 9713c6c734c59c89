import { z } from 'zod';
import { list } from '../../model/format.ts';
import { DELETABLE_STATES } from '../../model/input/actions.ts';
import { type Dataplane, translates } from '../../model/input/dataplanes.ts';
import { LARGEST, timeoutMap } from './table.ts';
import { count, duration } from './values.ts';

const DEEDS = ['max', 'timeouts', 'delete', 'flush', 'endpoint'] as const;
/** One after the other they would take longer than the load. */
const MOST = 100;

const filter = z
  .strictObject({
    state: z.enum(DELETABLE_STATES).optional().describe('State of the TCP entries to delete, e.g. TIME_WAIT.'),
    protocol: z.enum(['tcp', 'udp']).optional().describe('Protocol of the entries to delete.'),
  })
  .superRefine(({ state, protocol }, context) => {
    if (state === undefined && protocol === undefined) {
      context.addIssue({ code: 'custom', message: 'needs state or protocol; flush: true deletes all entries' });
    }
    if (state !== undefined && protocol === 'udp') {
      context.addIssue({
        code: 'custom',
        path: ['state'],
        message: 'cannot be combined with protocol: udp, which has no states',
      });
    }
  })
  .meta({
    anyOf: [
      { required: ['state'], properties: { protocol: { not: { const: 'udp' } } } },
      { required: ['protocol'], properties: { state: false } },
    ],
  });

const action = z
  .strictObject({
    at: duration({ min: 0 }, 'When, from the start of the load, e.g. 20s.'),
    max: count(
      { min: 1, max: LARGEST },
      'Sets nf_conntrack_max, and leaves nf_conntrack_buckets as it is. Not with ballast, which fills a table whose limit stays.',
    ).optional(),
    timeouts: timeoutMap('Sets conntrack timeouts, e.g. {tcp_time_wait: 10s}. Not with driver docker.')
      .refine((all) => Object.keys(all).length > 0, { error: 'needs at least one timeout' })
      .meta({ minProperties: 1 })
      .optional(),
    delete: filter.optional().describe('Deletes entries, as conntrack -D does.'),
    flush: z.literal(true).optional().describe('Deletes all entries, as conntrack -F does; ballast stays.'),
    endpoint: z
      .literal('gone')
      .optional()
      .describe(
        'The endpoints’ addresses stop answering, as when pods are deleted, and others take new flows. Entries stay, and lead established flows to the old ones.',
      ),
  })
  .superRefine((given, context) => {
    const deeds = DEEDS.filter((deed) => given[deed] !== undefined);
    if (deeds.length === 1) return;
    const message =
      deeds.length === 0
        ? `needs one of ${DEEDS.join(', ')}`
        : `has ${list(deeds)}, but an action does one thing; make it ${deeds.length} actions with the same at`;
    context.addIssue({ code: 'custom', message });
  })
  .meta({ oneOf: DEEDS.map((deed) => ({ required: [deed] })) });

/** The `actions` section. `checkActions` checks what depends on the rest of the file. */
export const actions = z
  .array(action)
  .max(MOST, { error: `may have at most ${MOST} actions` })
  .optional()
  .describe(
    'What is done while the load runs: remedies as they are applied to the gateway’s table in an outage, or endpoints that go.',
  );

interface File {
  readonly actions?: z.output<typeof actions>;
  readonly stopWhen?: string | undefined;
  readonly gateway: {
    readonly dataplane: Dataplane;
    readonly rules?: { readonly mode: string } | undefined;
    readonly conntrack: { readonly method: string };
  };
  readonly floods: Readonly<Record<string, FloodTimes>>;
}

/** The keys of a flood that say how long it lasts, all of them seconds; others are in its type, too. */
interface FloodTimes {
  readonly startTime?: number;
  readonly duration?: number;
  readonly stages?: readonly { readonly duration: number }[];
  readonly connectTimeout?: number;
}

const ONLY_TRANSLATED =
  'needs rules of ctload’s that lead new flows elsewhere: dataplane iptables or nftables, and no gateway.rules with mode: replace';

/** Refuses actions that could not be carried out: too late, or on limits that stay as they are. */
export function checkActions({ actions: wanted = [], stopWhen, gateway, floods }: File, context: z.core.$RefinementCtx): void {
  const refuse = (path: (string | number)[], message: string) => context.addIssue({ code: 'custom', path, message });
  if (wanted.length > 0 && stopWhen !== undefined) {
    refuse(['stopWhen'], 'cannot be combined with actions: the load would end at its first drops, before they can help');
  }
  const last = Math.max(...Object.values(floods).map(lastOutcome));
  let gone = false;
  for (const [index, { at, max, endpoint }] of wanted.entries()) {
    if (endpoint !== undefined) {
      const path = ['actions', index, 'endpoint'];
      if (!translates(gateway.dataplane) || gateway.rules?.mode === 'replace') refuse(path, ONLY_TRANSLATED);
      else if (gone) refuse(path, 'may be done once: the endpoints that take new flows stay');
      gone = true;
    }
    if (at >= last) refuse(['actions', index, 'at'], `is too late: the load is over after ${last} s`);
    if (max !== undefined && gateway.conntrack.method === 'ballast') {
      refuse(
        ['actions', index, 'max'],
        'not possible with method: ballast, under which nf_conntrack_max stays; use method: sysctl',
      );
    }
  }
}

/** When the last attempt of a flood may still be waiting for its connection, seconds. */
function lastOutcome({ startTime = 0, duration: lasting = 0, stages = [], connectTimeout = 0 }: FloodTimes): number {
  return startTime + lasting + stages.reduce((sum, stage) => sum + stage.duration, 0) + connectTimeout;
}
