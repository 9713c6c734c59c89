import { constants } from 'node:os';
import { type Duplex, PassThrough } from 'node:stream';
import { messageOf } from '../../platform/errors.ts';
import type { Child, Exit } from '../../platform/exec.ts';
import { eachLine } from '../../platform/lines.ts';
import { tailOf } from '../../platform/tail.ts';
import { statusOf } from './engine.ts';

/** A process in a container, attached to. */
export interface Session {
  /** Hijacked connection: stdin goes in, stdout and stderr come out interleaved in Docker's frames. */
  readonly stream: Duplex;
  /** Pid on this machine; undefined when it is not known. */
  pid(): Promise<number | undefined>;
  /** Splits `stream` in two. */
  demux(stdout: PassThrough, stderr: PassThrough): void;
  /** Exit code, once the streams are closed; null when the engine does not know it. @throws {Error} when the engine is gone. */
  exitCode(): Promise<number | null>;
  kill(signal: NodeJS.Signals): Promise<void>;
}

/**
 * A process in a container as a Child. Starting it takes several requests to the engine: what is written meanwhile is buffered,
 * and a failure to start results in exit code 126.
 * @param onFirstLine receives the first line of stdout, which is not passed on
 */
export function childOf(command: string, open: () => Promise<Session>, onFirstLine?: (line: string) => void): Child {
  const stdin = new PassThrough();
  const stdout = new PassThrough();
  const stderr = new PassThrough();
  /** Lines that arrived before `onLine` was called. */
  const early: string[] = [];
  let listener = (line: string): void => void early.push(line);
  let first = onFirstLine;
  let session: Session | undefined;
  let pid: number | undefined;
  let ended = false;
  let killed: NodeJS.Signals | undefined;
  const said = tailOf(stderr);

  const stdoutRead = new Promise<void>((resolve) => {
    eachLine(stdout, (line) => {
      if (first === undefined) listener(line);
      else {
        first(line);
        first = undefined;
      }
    });
    stdout.on('end', resolve);
  });

  const life = async (): Promise<Exit> => {
    try {
      session = await open();
    } catch (error) {
      return { code: 126, signal: null, stderr: messageOf(error) };
    }
    const { stream } = session;
    const closed = new Promise<void>((resolve) => {
      for (const event of ['end', 'close', 'error']) stream.on(event, () => resolve());
    });
    session.demux(stdout, stderr);
    session.pid().then(
      (known) => {
        pid = known;
      },
      () => {},
    );
    stdin.pipe(stream);
    if (killed !== undefined) send(session, killed);
    await closed;
    ended = true;
    stream.destroy(); // otherwise the engine keeps its half open
    stdout.end();
    await stdoutRead;
    try {
      return exitOf(await session.exitCode(), said());
    } catch (error) {
      return { code: null, signal: null, stderr: `no connection to the Docker engine: ${messageOf(error)}` };
    }
  };

  return {
    get pid() {
      return pid;
    },
    command,
    exited: life(),
    onLine: (callback) => {
      listener = callback;
      for (const line of early.splice(0)) callback(line);
    },
    write: (line) => {
      if (stdin.writable) stdin.write(`${line}\n`);
    },
    end: () => stdin.end(),
    kill: (signal = 'SIGTERM') => {
      killed = signal;
      if (session !== undefined && !ended) send(session, signal);
    },
  };
}

function send(session: Session, signal: NodeJS.Signals): void {
  session.kill(signal).catch((error) => {
    // An answer of the engine: the process has ended meanwhile, and `exited` reports it. Without one it never would.
    if (statusOf(error) === undefined) session.stream.destroy();
  });
}

/** Docker reports a signal like a shell: 128 + its number. With a code of null the engine no longer knows the process. */
function exitOf(code: number | null, stderr: string): Exit {
  if (code === null) return { code: null, signal: 'SIGKILL', stderr };
  const signal = Object.entries(constants.signals).find(([, number]) => number + 128 === code)?.[0];
  return signal === undefined ? { code, signal: null, stderr } : { code: null, signal: signal as NodeJS.Signals, stderr };
}
