import { type Child, type Exit, type Host, hostBy } from '../../../../src/platform/exec.ts';

/** A child whose process is the test. */
export interface ScriptedChild extends Child {
  /** `entries ["..."]`: as it was started. */
  readonly started: string;
  /** What its owner wrote, parsed. */
  readonly written: { readonly type: string; readonly [key: string]: unknown }[];
  readonly ended: boolean;
  say(...messages: readonly object[]): void;
  exit(exit: Partial<Exit>): void;
}

/** A host on which nothing runs: `behave` is called with each child at its start, and with each command written to it. */
export function scriptedHost(
  name: string,
  behave: (child: ScriptedChild, command: ScriptedChild['written'][number] | undefined) => void = () => {},
): { readonly host: Host; readonly children: ScriptedChild[] } {
  const children: ScriptedChild[] = [];
  const host = hostBy(name, (argv) => {
    const child = scriptedChild(argv, behave);
    children.push(child);
    behave(child, undefined);
    return child;
  });
  return { host, children };
}

function scriptedChild(
  argv: readonly string[],
  behave: (child: ScriptedChild, command: ScriptedChild['written'][number]) => void,
) {
  let resolveExit: (exit: Exit) => void = () => {};
  let listener: ((line: string) => void) | undefined;
  let ended = false;
  const early: string[] = [];
  const exit = (how: Partial<Exit>): void => {
    ended = true;
    resolveExit({ code: null, signal: null, stderr: '', ...how });
  };
  const child: ScriptedChild = {
    pid: undefined,
    command: argv.join(' '),
    exited: new Promise((resolve) => {
      resolveExit = resolve;
    }),
    started: argv
      .map((word) => /processes\/(\w+)\.js$/.exec(word)?.[1] ?? word)
      .slice(1)
      .join(' '),
    written: [],
    get ended() {
      return ended;
    },
    say: (...messages) => {
      for (const message of messages) {
        const line = JSON.stringify(message);
        if (listener === undefined) early.push(line);
        else listener(line);
      }
    },
    exit,
    onLine: (onLine) => {
      listener = onLine;
      for (const line of early.splice(0)) onLine(line);
    },
    write: (line) => {
      const command = JSON.parse(line);
      child.written.push(command);
      behave(child, command);
    },
    end: () => exit({ code: 0 }),
    kill: (signal = 'SIGTERM') => exit({ signal }),
  };
  return child;
}
