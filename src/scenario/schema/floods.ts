import { z } from 'zod';
import { choice, count, duration, MOST_CONNECTIONS, notOneOf, rate, refuse } from './values.ts';

const stages = (target: ReturnType<typeof rate>) =>
  z
    .array(z.strictObject({ duration: duration({ min: 0 }, 'How long the stage takes, e.g. 10s; 0s is a jump.'), target }))
    .superRefine((list, context) => {
      if (list.every((stage) => stage.duration === 0)) refuse(context, 'needs a stage that takes time');
      else if (list.every((stage) => stage.target === 0)) refuse(context, 'needs a stage with a target above 0');
    })
    .meta({ description: 'Stages, each a straight line from the target before to its own.', minItems: 1 });

const running = duration({ min: 0.001 }, 'How long the flood goes on, e.g. 20s.');
const connections = count({ min: 1, max: MOST_CONNECTIONS }, 'Number of connections.');

const constantRate = {
  executor: z
    .literal('constant-arrival-rate')
    .describe('So many new connections a second, however slow the answers (open model).'),
  rate: rate('New connections a second.', { positive: true }),
  duration: running,
};
const rampingRate = {
  executor: z
    .literal('ramping-arrival-rate')
    .describe('New connections a second, rising or falling stage by stage (open model).'),
  startRate: rate('New connections a second at the start.').prefault(0),
  stages: stages(rate('New connections a second at the end of the stage.')),
};
const burst = {
  executor: z.literal('burst').describe('All connections at once.'),
  connections,
};
const constantConnections = {
  executor: z
    .literal('constant-connections')
    .describe('So many connections open at any time; closed at the end of the duration.'),
  connections,
  duration: running,
};
const rampingConnections = {
  executor: z
    .literal('ramping-connections')
    .describe('Open connections, rising or falling stage by stage; the last target is held until the load ends.'),
  startConnections: count({ min: 0, max: MOST_CONNECTIONS }, 'Connections open at the start.').prefault(0),
  stages: stages(count({ min: 0, max: MOST_CONNECTIONS }, 'Connections open at the end of the stage.')),
};
const sharedIterations = {
  executor: z.literal('shared-iterations').transform(later).meta({ description: 'Not supported yet.', not: {} }),
  iterations: count({ min: 1 }, 'Connections to make in all.'),
  connections: connections.optional(),
  maxDuration: running.optional(),
};

const base = {
  startTime: duration({ min: 0 }, 'When the flood starts, after the start of the load.').prefault('0s'),
  arrival: z
    .enum(['uniform', 'poisson'])
    .default('uniform')
    .describe('Evenly spaced arrivals, or Poisson ones, reproducible from the seed.'),
};
const common = {
  ...base,
  connectTimeout: duration(
    { min: 0.001 },
    'How long an attempt waits for its TCP connection. Below the first SYN retransmission (1s) every lost SYN is a failure.',
  ).prefault('5s'),
};

const short = {
  kind: z.literal('short').describe('A new TCP connection for every HTTP request. Leaves a TIME_WAIT entry (120s) behind.'),
  protocol: z
    .enum(['http', 'tcp'])
    .default('http')
    .describe('What goes over a connection: an HTTP request, or with tcp nothing: it is closed once it is established.'),
  client: z
    .enum(['direct', 'undici'])
    .default('direct')
    .describe('Who makes the requests: ctload itself, or undici, which sends the same bytes and takes more CPU time.'),
  ...common,
  close: choice(
    ['fin', 'rst'],
    ['abandon'],
    'How a connection ends: fin leaves a TIME_WAIT entry for 120s, rst a CLOSE entry for 10s.',
  ).prefault('fin'),
  responseTimeout: duration({ min: 0.001 }, 'How long a request waits for its response.').prefault('10s'),
};
const long = {
  kind: z.literal('long').describe('WebSockets held open. One ESTABLISHED entry each, for as long as they live.'),
  protocol: z
    .enum(['websocket', 'tcp'])
    .default('websocket')
    .describe('WebSockets with heartbeats, or bare TCP connections that stay silent and cost less memory.'),
  ...common,
  heartbeat: duration(
    { min: 0.01 },
    'Time between pings on each socket; their round trips show how held connections fare.',
  ).prefault('1s'),
};
const stale = {
  kind: z
    .literal('stale')
    .describe('Established, then forgotten by both ends: the entry stays ESTABLISHED until tcp_established (5 days) is over.'),
  ...common,
};
const halfOpen = {
  kind: z
    .literal('half-open')
    .describe('One SYN each that nobody answers: the entry stays SYN_SENT [UNREPLIED] for 120s, and early drop may evict it.'),
  ...base,
};
const udp = {
  kind: z
    .literal('udp')
    .describe('One datagram a flow, each a new entry: it stays for 30s, not ASSURED, and early drop may evict it.'),
  ...base,
  reply: z.boolean().default(false).describe('Whether the backend answers each datagram, as a DNS server does.'),
  payloadSize: count({ min: 8, max: 1472 }, 'Bytes of a datagram, headers not counted; an answer is as long.').prefault(64),
  responseTimeout: duration({ min: 0.001 }, 'With reply: true: how long an answer is waited for (default: 5s).').optional(),
};

/** The executors with which connections arrive, for floods of kind `K`. */
const arriving = <K extends z.ZodRawShape>(kind: K) =>
  [
    z.strictObject({ ...kind, ...constantRate }),
    z.strictObject({ ...kind, ...rampingRate }),
    z.strictObject({ ...kind, ...burst }),
    z.strictObject({ ...kind, ...sharedIterations }),
  ] as const;

const HELD = ['constant-connections', 'ramping-connections'];
const LATER = ['shared-iterations'];

/** One flood, told apart by `kind`, then by `executor`. */
export const flood = z.discriminatedUnion(
  'kind',
  [
    byExecutor(arriving(short)),
    byExecutor([
      ...arriving(long),
      z.strictObject({ ...long, ...constantConnections }),
      z.strictObject({ ...long, ...rampingConnections }),
    ]),
    byExecutor(arriving(stale)),
    byExecutor(arriving(halfOpen)),
    byExecutor(arriving(udp)),
  ],
  { error: undecided },
);

/** Refuses what would be ignored: a time limit for answers that nobody gives. */
export function checkReplies(floods: Readonly<Record<string, z.output<typeof flood>>>, context: z.core.$RefinementCtx): void {
  for (const [name, one] of Object.entries(floods)) {
    if (one.kind !== 'udp' || one.reply || one.responseTimeout === undefined) continue;
    context.addIssue({ code: 'custom', path: [name, 'responseTimeout'], message: 'only with reply: true' });
  }
}

function byExecutor<const O extends readonly [z.core.$ZodTypeDiscriminable, ...z.core.$ZodTypeDiscriminable[]]>(options: O) {
  return z.discriminatedUnion('executor', options, { error: undecided });
}

/** Why it cannot be told which kind or executor is meant. */
function undecided(issue: z.core.$ZodRawIssue): string | undefined {
  if (issue.code !== 'invalid_union' || issue.discriminator === undefined) return undefined;
  const { kind, [issue.discriminator]: value } = issue.input as Readonly<Record<string, unknown>>;
  if (HELD.includes(String(value))) return `${value} holds connections open, and ${kind} ones end at once: only for kind long`;
  const options = issue['options'] as readonly string[];
  return notOneOf(
    value,
    options.filter((one) => !LATER.includes(one)),
  );
}

function later(value: string, context: z.core.$RefinementCtx): never {
  return refuse(context, `${value} is not supported yet`);
}
