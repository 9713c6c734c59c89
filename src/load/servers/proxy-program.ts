import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import type { Endpoint } from '../../model/input/lab.ts';
import type { ProxyProgram } from '../../model/input/proxy.ts';
import { monotonic, until, within } from '../../platform/clock.ts';
import { eachLine } from '../../platform/lines.ts';
import { Complaints } from './complaints.ts';
import { anyListens, withoutListener } from './listeners.ts';

/** Seconds in which a program has read its configuration: in a guest that is translated, on a busy machine, it may take a minute. */
const STARTING_SECONDS = 90;
/** Seconds. Once it listens anywhere, it has read where. */
const LISTENING_SECONDS = 10;
/** Seconds between looks, each of which takes milliseconds from the program that is awaited, where there is one CPU for both. */
const LOOK_SECONDS = 0.05;
/** Seconds for what it wrote before it ended to be read. */
const LAST_WORDS_SECONDS = 0.2;

/** nginx starts a worker that has ended anew; what it had open is gone. */
const WORKER_ENDED = /worker process \d+ exited (?:on signal|with fatal code) \d+/;

/** Runs a proxy that people run. It is in this process's group, and ends with it. */
export class ProxyProgramServer {
  readonly #complaints = new Complaints();
  readonly #program: ProxyProgram;
  readonly #onEnded: (sentence: string) => void;
  #last = '';
  #ended: string | undefined;
  #listens = false;

  /** @param onEnded gets one sentence when the program, once it listens, or a worker of it ends */
  constructor(program: ProxyProgram, onEnded: (sentence: string) => void) {
    this.#program = program;
    this.#onEnded = onEnded;
  }

  /** What it has complained of since it listened, and how often. */
  get complaints(): Readonly<Record<string, number>> {
    return this.#complaints.counts;
  }

  /** Resolves when it listens at all its addresses. @throws {Error} why it does not. */
  async start(): Promise<void> {
    const { name, command, config, listen } = this.#program;
    const [file = '', ...args] = command;
    const child = spawn(file, args, { stdio: ['pipe', 'pipe', 'pipe'] });
    this.#watch(child);
    child.stdin.on('error', () => {}); // it has ended: said below
    child.stdin.end(config);
    let missing: readonly Endpoint[] = listen;
    let since = Number.POSITIVE_INFINITY;
    const settled = () => {
      const tables = listeners();
      missing = withoutListener(listen, tables);
      if (anyListens(tables)) since = Math.min(since, monotonic());
      return missing.length === 0 || this.#ended !== undefined || monotonic() - since > LISTENING_SECONDS;
    };
    await until(settled, STARTING_SECONDS, LOOK_SECONDS);
    if (this.#ended !== undefined) throw new Error(this.#ended);
    const [first] = missing;
    if (first !== undefined) {
      const some = missing.length === listen.length ? 'any of' : `${missing.length} of`;
      throw new Error(
        `${name} does not listen on ${some} the ${listen.length} addresses that clients connect to, such as ${first.address}:${first.port}`,
      );
    }
    this.#listens = true;
  }

  #watch(child: ChildProcess): void {
    const { name } = this.#program;
    for (const stream of [child.stdout, child.stderr]) {
      if (stream !== null) eachLine(stream, (line) => this.#heard(line));
    }
    child.on('error', (error) => this.#end(`${name} could not be started: ${error.message}`));
    const closed = new Promise((resolve) => child.on('close', resolve));
    child.on('exit', async (code, signal) => {
      await within(closed, LAST_WORDS_SECONDS); // workers that outlive it keep its streams open
      const how = signal === null ? `ended with exit code ${code}` : `was killed by ${signal}`;
      this.#end(`${name} on gateway (pid ${child.pid}) ${how}${this.#last === '' ? '' : `: ${this.#last}`}`);
    });
  }

  #heard(line: string): void {
    this.#last = line.trim() || this.#last;
    if (!this.#listens) return;
    this.#complaints.add(line);
    const worker = WORKER_ENDED.exec(line);
    if (worker !== null) this.#end(`${this.#program.name} on gateway: ${worker[0]}`);
  }

  #end(sentence: string): void {
    if (this.#ended !== undefined) return;
    this.#ended = sentence;
    if (this.#listens) this.#onEnded(sentence);
  }
}

/** The sockets of this network namespace. */
function listeners(): string {
  return ['tcp', 'tcp6']
    .map((table) => {
      try {
        return readFileSync(`/proc/self/net/${table}`, 'latin1');
      } catch {
        return ''; // a kernel without IPv6
      }
    })
    .join('\n');
}
