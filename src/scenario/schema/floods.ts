import { z } from 'zod';
import { ADDRESS_FAMILIES } from '../../model/input/address-family.ts';
import { UDP_HEARTBEAT } from '../../model/input/arrivals.ts';
import type { FloodKind } from '../../model/input/flood-kind.ts';
import { kindsWith } from '../../model/input/flood-traits.ts';
import { SERVICES } from '../../model/input/lab.ts';
import { SOURCE_POOL } from '../../model/input/sources.ts';
import { durationPattern, orVariable, SOURCES } from './patterns.ts';
import { choice, count, duration, MOST_CONNECTIONS, notOneOf, rate, refuse } from './values.ts';

/** 0 as a number or as text, for the JSON Schema. */
const ZERO = {
  anyOf: [
    { type: 'number', minimum: 0, maximum: 0 },
    { type: 'string', pattern: '^0+(\\.0+)?[kKmM]?$' },
  ],
};

const stages = (target: ReturnType<typeof rate>) =>
  z
    .array(z.strictObject({ duration: duration({ min: 0 }, 'Duration of the stage, e.g. 10s; 0s is a jump.'), target }))
    .superRefine((list, context) => {
      if (list.every((stage) => stage.duration === 0)) refuse(context, 'needs a stage with a duration above 0s');
      else if (list.every((stage) => stage.target === 0)) refuse(context, 'needs a stage with a target above 0');
    })
    .meta({
      description: 'Stages, one after the other; each changes the value linearly from the previous target to its own.',
      minItems: 1,
      allOf: [
        { contains: { properties: { duration: { pattern: durationPattern(true) } } } },
        { contains: { properties: { target: { not: ZERO } } } },
      ],
    });

const running = duration({ min: 0.001 }, 'Duration of the flood, e.g. 20s.');
const connections = count({ min: 1, max: MOST_CONNECTIONS }, 'Number of connections.');

const constantRate = {
  executor: z.literal('constant-arrival-rate').describe('Constant arrival rate, however slow the responses are (open model).'),
  rate: rate('New connections per second.', { positive: true }),
  duration: running,
};
const rampingRate = {
  executor: z.literal('ramping-arrival-rate').describe('Arrival rate that rises or falls stage by stage (open model).'),
  startRate: rate('New connections per second at the start.').prefault(0),
  stages: stages(rate('New connections per second at the end of the stage.')),
};
const burst = {
  executor: z.literal('burst').describe('All connections are started at once.'),
  connections,
};
const constantConnections = {
  executor: z
    .literal('constant-connections')
    .describe('A constant number of open connections, which are closed at the end of the duration.'),
  connections,
  duration: running,
};
const rampingConnections = {
  executor: z
    .literal('ramping-connections')
    .describe('A number of open connections that rises or falls stage by stage; the last target is held until the load ends.'),
  startConnections: count({ min: 0, max: MOST_CONNECTIONS }, 'Number of open connections at the start.').prefault(0),
  stages: stages(count({ min: 0, max: MOST_CONNECTIONS }, 'Number of open connections at the end of the stage.')),
};
const sharedIterations = {
  executor: z.literal('shared-iterations').transform(later).meta({ description: 'Not supported yet.', not: {} }),
  iterations: count({ min: 1 }, 'Total number of connections.'),
  connections: connections.optional(),
  maxDuration: running.optional(),
};

const SOURCES_RULE = `expected addresses within ${SOURCE_POOL}, e.g. 198.18.128.0/24`;
const IS_SOURCES = new RegExp(`^(${SOURCES})$`);

const unsourced = {
  startTime: duration({ min: 0 }, 'Time from the start of the load to the start of the flood, e.g. 5s.').prefault('0s'),
  arrival: z
    .enum(['uniform', 'poisson'])
    .default('uniform')
    .describe('Spacing of arrivals: uniform is even; poisson is random, and reproducible from the seed.'),
  family: z
    .enum(ADDRESS_FAMILIES)
    .optional()
    .describe('In a lab with lab.family: dual: over which family it connects. If absent, over both in turn, half and half.'),
};
const base = {
  ...unsourced,
  sources: z
    .string({ error: SOURCES_RULE })
    .refine((text) => IS_SOURCES.test(text), { error: SOURCES_RULE })
    .optional()
    .meta({
      description: `Client addresses that its connections come from in turn, within ${SOURCE_POOL}, e.g. 198.18.128.0/24. If absent, all come from the client’s one address.`,
      pattern: orVariable(SOURCES),
    }),
};
/** Of the kinds whose connections hold a source port of a gateway that masquerades. */
const destinations = count(
  { min: 1, max: SERVICES },
  `Number of backend address:port pairs that its connections go to in turn, e.g. 1: a gateway that masquerades has 64,512 source ports (gateway.snatPorts) for each of them. If absent, all ${SERVICES} of the lab.`,
).optional();
const common = {
  ...base,
  connectTimeout: duration(
    { min: 0.001 },
    'Time limit for establishing a TCP connection, e.g. 5s. Below the first SYN retransmission (after 1s) every lost SYN is a failure.',
  ).prefault('5s'),
};

const short = {
  kind: z.literal('short').describe('A new TCP connection for every HTTP request. Each leaves a TIME_WAIT entry for 120s.'),
  protocol: z
    .enum(['http', 'tcp'])
    .default('http')
    .describe(
      'What is sent over a connection: an HTTP request, or with tcp nothing, and it is closed as soon as it is established.',
    ),
  client: z
    .enum(['direct', 'undici'])
    .default('direct')
    .describe('HTTP client: ctload’s own (direct), or undici, which sends the same bytes and uses more CPU time.'),
  ...common,
  destinations,
  close: choice(
    ['fin', 'rst', 'half'],
    ['abandon'],
    'How a connection is closed: fin leaves a TIME_WAIT entry for 120s, rst a CLOSE entry for 10s. With half the backend closes and the client never does: the entry stays CLOSE_WAIT for 60s (kube-proxy: 1h), and the client keeps the socket until the load ends.',
  ).prefault('fin'),
  responseTimeout: duration({ min: 0.001 }, 'Response timeout, e.g. 10s.').prefault('10s'),
  requestsPerConnection: count(
    { min: 1, max: MOST_CONNECTIONS },
    'HTTP requests that each connection carries, evenly spread over its lifetime (keep-alive). Rates stay those of connections.',
  ).prefault(1),
  lifetime: duration(
    { min: 0 },
    'How long a connection stays open, e.g. 30s; 0s: until its last response. Then the client closes it.',
  ).prefault('0s'),
};
const long = {
  kind: z.literal('long').describe('WebSockets that are held open, each with one ESTABLISHED entry for as long as it is.'),
  protocol: z
    .enum(['websocket', 'tcp'])
    .default('websocket')
    .describe('WebSockets with heartbeats, or with tcp plain TCP connections that send nothing and need less memory.'),
  ...common,
  destinations,
  heartbeat: duration(
    { min: 0.01 },
    'Time between two pings on each WebSocket, e.g. 1s; their round-trip times show whether held connections still work.',
  ).prefault('1s'),
};
const stale = {
  kind: z
    .literal('stale')
    .describe(
      'Connections that are established and then forgotten by both ends: the entry stays ESTABLISHED until tcp_established (5 days) expires.',
    ),
  ...common,
};
const halfOpen = {
  kind: z
    .literal('half-open')
    .describe('One unanswered SYN each: the entry stays SYN_SENT [UNREPLIED] for 120s, and early drop may evict it.'),
  ...base,
};
const udp = {
  kind: z
    .literal('udp')
    .describe(
      'One datagram per flow, each with an entry of its own: it stays for 30s, is not [ASSURED], and early drop may evict it.',
    ),
  ...base,
  destinations,
  reply: z.boolean().default(false).describe('Whether the backend replies to each datagram, as a DNS server does.'),
  payloadSize: count({ min: 8, max: 1472 }, 'Payload of each datagram and of its reply, bytes without headers.').prefault(64),
  responseTimeout: duration({ min: 0.001 }, 'With reply: true, the time limit for a reply (default: 5s).').optional(),
};
/** Of floods whose datagrams arrive. */
const udpArriving = {
  ...udp,
  flows: count(
    { min: 1, max: MOST_CONNECTIONS },
    'Number of flows that the datagrams go round, each from a socket that is kept, with one entry that every datagram refreshes. If absent, each datagram is a flow of its own.',
  ).optional(),
};
/** Of floods that keep a number of flows going. */
const udpGoingOn = {
  ...udp,
  heartbeat: duration(
    { min: 0.01 },
    'Time between two datagrams of each UDP flow, with an executor that holds them; with reply: true flows are [ASSURED] after 2s, and their entries stay for udp_stream (2m).',
  ).prefault(`${UDP_HEARTBEAT}s`),
};

const icmp = {
  kind: z
    .literal('icmp')
    .describe(
      'ICMP echo requests to the backend’s addresses, as health checks by ping: each has an identifier and an entry of its own, which stays for 30s after the reply, is not [ASSURED], and early drop may evict it.',
    ),
  ...unsourced,
  payloadSize: count({ min: 8, max: 1472 }, 'Payload of each echo request, bytes without headers.').prefault(56),
  responseTimeout: duration({ min: 0.001 }, 'Time limit for a reply, e.g. 1s.').prefault('1s'),
};
const dns = {
  kind: z
    .literal('dns')
    .describe(
      'Lookups of a name: A and AAAA, two real DNS queries that two processes send from one port at the same moment, to a service with two endpoints. Of each lookup one entry remains.',
    ),
  ...unsourced,
  responseTimeout: duration({ min: 0.001 }, 'Time limit for both answers, e.g. 5s, the default of resolv.conf(5).').prefault(
    '5s',
  ),
};

/** What the JSON Schema says of `checkReplies`. */
const REPLIES = { dependencies: { responseTimeout: { required: ['reply'], properties: { reply: { enum: [true] } } } } };

/** The executors that start connections at a rate or at once, for floods with the keys of `kind`. @param rules for the JSON Schema */
const arriving = <K extends z.ZodRawShape>(kind: K, rules: object = {}) =>
  [
    z.strictObject({ ...kind, ...constantRate }).meta({ ...rules }),
    z.strictObject({ ...kind, ...rampingRate }).meta({ ...rules }),
    z.strictObject({ ...kind, ...burst }).meta({ ...rules }),
    z.strictObject({ ...kind, ...sharedIterations }).meta({ ...rules }),
  ] as const;

const HELD = ['constant-connections', 'ramping-connections'];
const LATER = ['shared-iterations'];

const KINDS = {
  short: byExecutor(arriving(short)),
  long: byExecutor([
    ...arriving(long),
    z.strictObject({ ...long, ...constantConnections }),
    z.strictObject({ ...long, ...rampingConnections }),
  ]),
  stale: byExecutor(arriving(stale)),
  'half-open': byExecutor(arriving(halfOpen)),
  udp: byExecutor([
    ...arriving(udpArriving, REPLIES),
    z.strictObject({ ...udpGoingOn, ...constantConnections }).meta({ ...REPLIES }),
    z.strictObject({ ...udpGoingOn, ...rampingConnections }).meta({ ...REPLIES }),
  ]),
  icmp: byExecutor(arriving(icmp)),
  dns: byExecutor(arriving(dns)),
} satisfies Readonly<Record<FloodKind, z.ZodType>>;

/** One flood; `kind`, then `executor`, decides which keys it has. */
export const flood = z.discriminatedUnion(
  'kind',
  [KINDS.short, KINDS.long, KINDS.stale, KINDS['half-open'], KINDS.udp, KINDS.icmp, KINDS.dns],
  {
    error: undecided,
  },
);

function byExecutor<const O extends readonly [z.core.$ZodTypeDiscriminable, ...z.core.$ZodTypeDiscriminable[]]>(options: O) {
  return z.discriminatedUnion('executor', options, { error: undecided });
}

/** The message for a value that is not a kind or an executor. */
function undecided(issue: z.core.$ZodRawIssue): string | undefined {
  if (issue.code !== 'invalid_union' || issue.discriminator === undefined) return undefined;
  const { kind, [issue.discriminator]: value } = issue.input as Readonly<Record<string, unknown>>;
  if (HELD.some((one) => one === value)) {
    const holding = [...kindsWith((traits) => traits.holds), 'udp'].join(' or ');
    return `${value} holds connections open, but ${kind} connections end at once; use it with kind ${holding}`;
  }
  const options = issue['options'] as readonly string[];
  return notOneOf(
    value,
    options.filter((one) => !LATER.includes(one)),
  );
}

function later(value: string, context: z.core.$RefinementCtx): never {
  return refuse(context, `${value} is not supported yet`);
}
