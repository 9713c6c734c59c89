import { serviceOf, type TableEntry } from './entry.ts';
import { parseFlow, parseLine } from './line.ts';

/** What the entries of one class do to a table; each class has a timeout of its own. */
export const CLASSES = [
  'established',
  'offloaded',
  'time_wait',
  'close',
  'close_wait',
  'half_open',
  'closing',
  'dns',
  'udp',
  'udp_stream',
  'other',
] as const;
export type EntryClass = (typeof CLASSES)[number];

/** Services that are counted by name; a table of outgoing connections may have more destinations than fit in memory. */
const MOST_SERVICES = 100_000;
const SAMPLES = 3;
const SAMPLE_LENGTH = 80; // characters

/** Numbers of entries by whole seconds: those they have left, or their age. */
export class BySeconds {
  readonly #counts = new Map<number, number>();
  entries = 0;
  longest = 0;

  add(seconds: number): void {
    this.#counts.set(seconds, (this.#counts.get(seconds) ?? 0) + 1);
    this.entries++;
    if (seconds > this.longest) this.longest = seconds;
  }

  /** The fewest seconds first. */
  counts(): (readonly [seconds: number, entries: number])[] {
    return [...this.#counts].sort(([a], [b]) => a - b);
  }
}

export interface DamagedLine {
  /** Number of the line in the listing, from 1 on. */
  readonly line: number;
  /** Its beginning. */
  readonly text: string;
}

/** Entries of a service by class. */
export type ClassCounts = Partial<Record<EntryClass, number>>;

/** Counts the entries of a listing line by line, so that none of them has to be kept. */
export class Census {
  readonly left: Readonly<Record<EntryClass, BySeconds>> = Object.fromEntries(
    CLASSES.map((name) => [name, new BySeconds()]),
  ) as Record<EntryClass, BySeconds>;
  /** Ages of ESTABLISHED connections; none where the listing does not have them. */
  readonly ages = new BySeconds();
  readonly states: Record<string, number> = {};
  readonly services = new Map<string, ClassCounts>();
  readonly samples: DamagedLine[] = [];
  entries = 0;
  assured = 0;
  unreplied = 0;
  damaged = 0;
  /** Entries of services beyond those that are counted by name. */
  unnamed = 0;
  /** Why the listing ends early; undefined when it does not. */
  cutShort: string | undefined;
  #lines = 0;

  addLine(line: string): void {
    this.#lines++;
    if (isFrame(line)) return;
    const entry = line.startsWith('<') ? parseFlow(line) : parseLine(line);
    if (entry === undefined) this.#skip(line);
    else this.#add(entry);
  }

  #skip(line: string): void {
    this.damaged++;
    if (this.samples.length < SAMPLES) this.samples.push({ line: this.#lines, text: line.slice(0, SAMPLE_LENGTH) });
  }

  #add(entry: TableEntry): void {
    const name = classOf(entry);
    this.entries++;
    if (entry.assured) this.assured++;
    if (entry.unreplied) this.unreplied++;
    const state = entry.state ?? entry.protocol;
    this.states[state] = (this.states[state] ?? 0) + 1;
    this.left[name].add(entry.secondsLeft ?? 0);
    if (entry.age !== null && name === 'established') this.ages.add(entry.age);
    this.#serve(serviceOf(entry), name);
  }

  #serve(service: string, name: EntryClass): void {
    const counts = this.services.get(service);
    if (counts !== undefined) counts[name] = (counts[name] ?? 0) + 1;
    else if (this.services.size < MOST_SERVICES) this.services.set(service, { [name]: 1 });
    else this.unnamed++;
  }
}

/** What stands around the entries: XML's frame, and what conntrack says on stderr. */
function isFrame(line: string): boolean {
  return /^\s*$|^<\?xml |^<\/?conntrack>|^conntrack v\d.*flow entries have been shown/.test(line);
}

const TCP_CLASSES: Readonly<Record<string, EntryClass>> = {
  ESTABLISHED: 'established',
  TIME_WAIT: 'time_wait',
  CLOSE: 'close',
  CLOSE_WAIT: 'close_wait',
  SYN_SENT: 'half_open',
  SYN_SENT2: 'half_open',
  SYN_RECV: 'half_open',
  FIN_WAIT: 'closing',
  LAST_ACK: 'closing',
};
const DNS_PORT = 53;

/**
 * What is offloaded does not expire: its packets pass a flowtable, and no timer tells when. UDP flows that are ASSURED have been
 * streams for two seconds, and have a timeout of their own (nf_conntrack_proto_udp.c).
 */
function classOf({ protocol, state, assured, port, secondsLeft }: TableEntry): EntryClass {
  if (secondsLeft === null) return 'offloaded';
  if (protocol === 'tcp') return TCP_CLASSES[state ?? ''] ?? 'other';
  if (protocol !== 'udp') return 'other';
  if (assured) return 'udp_stream';
  return port === DNS_PORT ? 'dns' : 'udp';
}
