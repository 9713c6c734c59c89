import { namespacePath } from '../../lab/host/names.ts';
import { OWN_NAMESPACE, type VisibleNamespace, visibleNamespaces } from '../../lab/host/visible-namespaces.ts';
import type { WatchedStates, WatchedTable } from '../../model/result/watch.ts';
import { execute } from '../../platform/exec.ts';
import type { TableReading } from '../../probe/stat.ts';
import { readSlice } from '../../probe/states/table-slice.ts';
import { parseStat, tableOfProcess } from '../../probe/table-of-process.ts';
import { Course } from './course.ts';
import { lacksStatistics, OwnNetlinkTable, readByNetlink } from './netlink-tables.ts';
import { Services } from './services.ts';
import { StatesPace } from './states-pace.ts';

/** Seconds between two looks for namespaces that have come or gone. */
const RESCAN = 5;
/** A look for namespaces costs at most 1/200 of a core. */
const RESCAN_PER_COST = 200;
const ENTER_SECONDS = 2;
/** Commands that enter namespaces run at most 1/100 of the time. */
const ENTER_PER_COST = 100;
/** Entries that are looked at for their states, and for how long at most. */
const MOST_SAMPLED = 3000;
const LOOK_SECONDS = 0.05;

export interface TablesOptions {
  /** Seconds that a slope is of. */
  readonly window: number;
  /** Look at entries, to count them by state. */
  readonly states: boolean;
}

/** A namespace, and what has been seen of its table. */
interface Watched {
  namespace: VisibleNamespace;
  readonly course: Course;
  latest: Omit<WatchedTable, 'netns' | 'name' | 'states'> | undefined;
  isUnreadable: boolean;
  states: WatchedStates | null;
}

/** The conntrack tables of all namespaces that are visible, read again and again. Nothing is written, and nothing kept open. */
export class Tables {
  readonly #options: TablesOptions;
  readonly #watched = new Map<number, Watched>();
  readonly #pace = new StatesPace();
  #rescan = Number.NEGATIVE_INFINITY;
  #entering: Promise<void> = Promise.resolve();
  #isEntering = false;
  #enterFrom = Number.NEGATIVE_INFINITY;
  #isOver = false;
  /** Set where the tables cannot be read by /proc. */
  readonly #own = lacksStatistics() ? new OwnNetlinkTable() : undefined;

  constructor(options: TablesOptions) {
    this.#options = options;
  }

  /**
   * Reads every table.
   * @param t gives the seconds since the start
   */
  read(t: () => number, limit: number): { readonly tables: WatchedTable[]; readonly unreadable: string[] } {
    const isFresh = t() >= this.#rescan;
    if (isFresh) this.#look(t, limit);
    for (const one of this.#watched.values()) {
      if (this.#isEntered(one.namespace)) continue;
      const reading = this.#own?.read() ?? ofProcesses(one.namespace);
      one.latest = reading && one.course.add(t(), reading, limit);
      if (isFresh) one.isUnreadable = reading === undefined; // later its processes may just have ended
    }
    if (this.#options.states && this.#own === undefined) this.#lookAtStates(t);
    const all = [...this.#watched.values()];
    const tables = all.flatMap(({ namespace, latest, states }) =>
      latest === undefined ? [] : [{ netns: namespace.inode, name: namespace.name, ...latest, states }],
    );
    const [own, ...others] = tables;
    return {
      tables: own === undefined ? [] : [own, ...others.sort((a, b) => b.entries - a.entries)],
      unreadable: all.filter(({ isUnreadable }) => isUnreadable).map(({ namespace }) => namespace.name),
    };
  }

  /** Starts no further command, and resolves when none runs any more. */
  finish(): Promise<void> {
    this.#isOver = true;
    return this.#entering;
  }

  #look(t: () => number, limit: number): void {
    const started = cpuSeconds();
    const found = visibleNamespaces();
    const inodes = new Set(found.map(({ inode }) => inode));
    for (const inode of this.#watched.keys()) {
      if (inodes.has(inode)) continue;
      this.#watched.delete(inode);
      this.#pace.forget(inode);
    }
    for (const namespace of found) {
      const known = this.#watched.get(namespace.inode);
      if (known !== undefined) known.namespace = namespace;
      else {
        const course = new Course(this.#options.window);
        this.#watched.set(namespace.inode, { namespace, course, latest: undefined, isUnreadable: false, states: null });
      }
    }
    if (!this.#isEntering && t() >= this.#enterFrom) this.#entering = this.#enterAll(t, limit);
    this.#rescan = t() + Math.max(RESCAN, (cpuSeconds() - started) * RESCAN_PER_COST);
  }

  /** Whether a command has to enter the namespace to read its table: it has no process, or /proc does not show tables. */
  #isEntered({ pids, name }: VisibleNamespace): boolean {
    return pids.length === 0 || (this.#own !== undefined && name !== OWN_NAMESPACE);
  }

  /** Reads the tables that can only be read from inside, by a command in each. */
  async #enterAll(t: () => number, limit: number): Promise<void> {
    this.#isEntering = true;
    const started = t();
    for (const one of [...this.#watched.values()]) {
      const path = this.#isEntered(one.namespace) ? pathOf(one.namespace) : undefined;
      if (this.#isOver || path === undefined) continue;
      const reading = await (this.#own === undefined ? readInside(path) : readByNetlink(path));
      one.latest = reading && one.course.add(t(), reading, limit);
      one.isUnreadable = reading === undefined;
    }
    this.#isEntering = false;
    this.#enterFrom = t() + (t() - started) * ENTER_PER_COST;
  }

  #lookAtStates(t: () => number): void {
    const full = [...this.#watched.values()].filter(({ latest, namespace }) => latest?.entries && namespace.pids.length > 0);
    const inode = this.#pace.choose(
      t(),
      full.map(({ namespace }) => namespace.inode),
    );
    const one = inode === undefined ? undefined : this.#watched.get(inode);
    if (one === undefined) return;
    const before = cpuSeconds();
    one.states = statesOf(one.namespace, t()) ?? one.states;
    this.#pace.looked(t(), one.namespace.inode, cpuSeconds() - before);
  }
}

function ofProcesses({ pids, inode }: VisibleNamespace): TableReading | undefined {
  for (const pid of pids) {
    const reading = tableOfProcess(pid, inode);
    if (reading !== undefined) return reading;
  }
  return undefined;
}

/** A file of the namespace; undefined where it has just ended. */
function pathOf({ mounted, pids }: VisibleNamespace): string | undefined {
  if (mounted !== undefined) return namespacePath(mounted);
  return pids[0] === undefined ? undefined : `/proc/${pids[0]}/ns/net`;
}

/** Undefined where that is not permitted, or the namespace is gone. */
async function readInside(path: string): Promise<TableReading | undefined> {
  const command = ['nsenter', `--net=${path}`, '--', 'cat', '/proc/self/net/stat/nf_conntrack'];
  try {
    return parseStat(Buffer.from(`${await execute(command, { seconds: ENTER_SECONDS })}\n`));
  } catch {
    return undefined;
  }
}

function statesOf(namespace: VisibleNamespace, t: number): WatchedStates | undefined {
  const entries = () => ofProcesses(namespace)?.entries ?? 0;
  const pid = namespace.pids.find((one) => tableOfProcess(one, namespace.inode) !== undefined);
  const path = `/proc/${pid}/net/nf_conntrack`;
  const services = new Services();
  const onLine = (line: string) => services.add(line);
  const count = readSlice(MOST_SAMPLED, entries, { path, marked: true, seconds: LOOK_SECONDS, onLine })?.count;
  if (count === undefined || count.entries === 0) return undefined;
  const factor = Math.max(1, entries() / count.entries);
  const { states, ...others } = count.result(factor);
  return { t, sampled: count.entries, byState: states, ...others, services: services.most(factor) };
}

function cpuSeconds(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}
