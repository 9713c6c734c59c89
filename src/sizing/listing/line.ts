import type { TableEntry } from './entry.ts';

/** The beginning of a line of `conntrack -L`, with or without `-o extended`, or of /proc/net/nf_conntrack. */
const HEAD = /^(?:ipv[46] +\d+ )?\s*([a-z][a-z0-9-]*) +\d+ (?:(\d+) )?(?:([A-Z][A-Z0-9_-]*) )?src=/;
/** Its tuples, between which keys, counters and zones may be. */
const FLOW = /src=(\S+) dst=(\S+) (?:sport=\d+ dport=(\d+) )?.*?src=\S+ dst=\S+ /;
const AGE = / delta-time=(\d+) /;
/** Protocols whose tuples have ports: an entry of these without one is damaged. */
const WITH_PORTS = new Set(['tcp', 'udp', 'udplite', 'sctp', 'dccp']);

/** The entry in a line of text; undefined when the line is damaged. */
export function parseLine(line: string): TableEntry | undefined {
  const [head, protocol = '', left, state] = HEAD.exec(line) ?? [];
  if (head === undefined) return undefined;
  const [, , destination, port] = FLOW.exec(line) ?? [];
  if (destination === undefined || (port === undefined && WITH_PORTS.has(protocol))) return undefined;
  if (left === undefined && !line.includes('OFFLOAD]')) return undefined;
  return {
    protocol,
    state: state ?? null,
    secondsLeft: numberOf(left),
    age: numberOf(AGE.exec(line)?.[1]),
    destination,
    port: numberOf(port),
    assured: line.includes('[ASSURED]'),
    unreplied: line.includes('[UNREPLIED]'),
  };
}

const ORIGINAL =
  /<meta direction="original"><layer3[^>]*><src>[^<]*<\/src><dst>([^<]+)<\/dst><\/layer3><layer4[^>]* protoname="([^"]+)"(?:>(?:<sport>\d+<\/sport><dport>(\d+)<\/dport>)?[^/]*|\/>)/;
const OWN = /<meta direction="independent">(?:<state>([^<]+)<\/state>)?(?:<timeout>(\d+)<\/timeout>)?/;
const XML_AGE = /<deltatime>(\d+)</;

/** The entry in a `<flow>` of `conntrack -L -o xml`, which is one line; undefined when it is damaged. */
export function parseFlow(line: string): TableEntry | undefined {
  const [, destination, protocol, port] = ORIGINAL.exec(line) ?? [];
  const own = OWN.exec(line);
  if (destination === undefined || protocol === undefined || own === null || !line.includes('</flow>')) return undefined;
  if (port === undefined && WITH_PORTS.has(protocol)) return undefined;
  const [, state, left] = own;
  return {
    protocol,
    state: state ?? null,
    secondsLeft: numberOf(left),
    age: numberOf(XML_AGE.exec(line)?.[1]),
    destination,
    port: numberOf(port),
    assured: line.includes('<assured/>'),
    unreplied: line.includes('<unreplied/>'),
  };
}

function numberOf(digits: string | undefined): number | null {
  return digits === undefined ? null : Number(digits);
}
