import { delay, monotonic } from '../../platform/clock.ts';
import type { Child, Exit } from '../../platform/exec.ts';
import { Resumable } from '../../platform/remote/resumable.ts';

/** Seconds for a new connection in place of one that was lost. */
export const REATTACH_SECONDS = 60;
const RETRY_SECONDS = 0.5;
/** Exit code of a process that could not be started through the API server, see startInPod. */
const UNSTARTED = 126;
/** Seconds of a connection until what it leads to answers. */
const ANSWER_SECONDS = 30;

/**
 * The first process of a pod as a Child, over one connection after the other: what both sides say while there is none is said over
 * the next, nothing is lost or said twice. It has ended when a connection ends with an exit code, or none can be had for
 * REATTACH_SECONDS.
 * @param connect starts a process that passes on what the two say
 */
export async function attachTo(connect: () => Promise<Child>): Promise<Child> {
  const early: string[] = [];
  let listener = (line: string): void => void early.push(line);
  const link = new Resumable((line) => listener(line));
  let current = await connect();
  let killed = false;
  let giveUp = (): void => {};
  // Whoever has killed it does not wait for an API server that hangs while it is asked for a connection.
  const abandoned = new Promise<Exit>((resolve) => {
    giveUp = () => resolve({ code: null, signal: 'SIGKILL', stderr: '' });
  });

  /** Resolves when the connection is over, or nothing comes over it, with how, and whether anything came. */
  const follow = async (child: Child): Promise<{ readonly exit: Exit; readonly answered: boolean }> => {
    let answered = false;
    let timer: NodeJS.Timeout | undefined;
    const silent = new Promise<Exit>((resolve) => {
      timer = setTimeout(() => {
        if (answered) return;
        child.kill('SIGKILL');
        resolve({ code: null, signal: null, stderr: `no answer for ${ANSWER_SECONDS} s` });
      }, ANSWER_SECONDS * 1000);
    });
    let over = false;
    child.onLine((text) => {
      if (over) return; // the next connection has what it said
      answered = true;
      link.receive(text);
    });
    link.attach((line) => child.write(line));
    const exit = await Promise.race([child.exited, silent, abandoned]);
    over = true;
    clearTimeout(timer);
    link.detach();
    return { exit, answered };
  };

  const follows = async (): Promise<Exit> => {
    let { exit } = await follow(current);
    const isOver = () => killed || (exit.code !== null && exit.code !== UNSTARTED);
    if (exit.code === UNSTARTED) return exit;
    let until = monotonic() + REATTACH_SECONDS;
    while (!isOver() && monotonic() < until) {
      await delay(RETRY_SECONDS);
      if (killed) break;
      current = await connect();
      if (killed) current.kill('SIGKILL');
      const next = await follow(current);
      exit = next.exit;
      if (next.answered) until = monotonic() + REATTACH_SECONDS;
      else if (/not ?found/i.test(exit.stderr)) break;
    }
    return exit;
  };

  return {
    pid: undefined,
    command: current.command,
    exited: follows(),
    onLine: (next) => {
      for (const line of early.splice(0)) next(line);
      listener = next;
    },
    write: (line) => link.send(line),
    end: () => current.end(),
    kill: (signal) => {
      killed = true;
      current.kill(signal);
      giveUp();
    },
  };
}
