import { delay, monotonic } from '../../../src/platform/clock.ts';
import { type Exit, spawn } from '../../../src/platform/exec.ts';
import { entryMemory, type ProcessReading, processTree } from './process-tree.ts';

/** What one command of ctload cost, from its start to its end. */
export interface CommandCost {
  readonly exit: Exit;
  /** What it printed, last lines. */
  readonly output: readonly string[];
  /** Seconds since 1970. */
  readonly startedAt: number;
  readonly seconds: number;
  /** Most memory the process itself had. */
  readonly mainBytes: number;
  /** Most agents there were at once. */
  readonly agents: number;
  /** Memory of all agents over time; seconds since 1970. */
  readonly agentBytes: readonly { readonly at: number; readonly bytes: number }[];
  /** By how much the kernel's conntrack entries grew, at the most; null when that may not be read. */
  readonly entryBytes: number | null;
}

const INTERVAL = 0.1; // seconds between two looks
const GRACE = 30; // seconds for teardown after an interrupt

/**
 * Runs the built CLI as a user would and watches it. After `limitSeconds`, or when `signal` is aborted, it gets a Ctrl-C, so
 * that it takes down what it has built; only when that does not end it, it is killed.
 */
export async function watchCommand(argv: readonly string[], limitSeconds: number, signal: AbortSignal): Promise<CommandCost> {
  const startedAt = Date.now() / 1000;
  const began = monotonic();
  const entriesBefore = entryMemory();
  const child = spawn(argv);
  const output: string[] = [];
  child.onLine((line) => output.push(line));
  child.end();
  let exit: Exit | undefined;
  void child.exited.then((how) => {
    exit = how;
  });
  const most = { main: 0, agents: 0, entries: 0 };
  const agentBytes: { at: number; bytes: number }[] = [];
  let asked: number | undefined;
  while (exit === undefined) {
    await delay(INTERVAL);
    const seen = processTree(child.pid ?? 0);
    most.main = Math.max(most.main, seen[0]?.peakBytes ?? 0);
    const agents = seen.filter(isAgent);
    agentBytes.push({ at: Date.now() / 1000, bytes: agents.reduce((sum, { rssBytes }) => sum + rssBytes, 0) });
    most.agents = Math.max(most.agents, agents.length);
    most.entries = Math.max(most.entries, (entryMemory() ?? 0) - (entriesBefore ?? 0));
    const elapsed = monotonic() - began;
    if (asked === undefined && (elapsed > limitSeconds || signal.aborted)) {
      asked = elapsed;
      child.kill('SIGINT');
    } else if (asked !== undefined && elapsed > asked + GRACE) {
      child.kill('SIGKILL');
    }
  }
  return {
    exit,
    output: output.slice(-50),
    startedAt,
    seconds: monotonic() - began,
    mainBytes: most.main,
    agents: most.agents,
    agentBytes,
    entryBytes: entriesBefore === undefined ? null : most.entries,
  };
}

/** The agent itself, not what put it into its namespace. */
function isAgent({ command }: ProcessReading): boolean {
  return /^\S*node\S* .*processes\/agent\.js/.test(command);
}
