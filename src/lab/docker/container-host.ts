import { readFileSync } from 'node:fs';
import type { Container, Exec } from 'dockerode';
import { until } from '../../platform/clock.ts';
import type { Host } from '../../platform/exec.ts';
import { childOf, type Session } from './child.ts';
import { inImage } from './image-paths.ts';

/** Docker has no call that signals what it started in a running container: the process tells its pid there before all else. */
const TELL_PID = ['sh', '-c', 'echo $$; exec "$@"', 'sh'];

const KNOWN_TIMEOUT = 10; // seconds
const END_TIMEOUT = 10; // seconds

/** A running container as a Host. */
export function containerHost(container: Container, name: string): Host {
  return {
    name,
    spawn: (argv, options = {}) => {
      const words = inImage(argv);
      let told: (pid: string) => void = () => {};
      const pidInside = new Promise<string>((resolve) => {
        told = resolve;
      });
      return childOf(words.join(' '), () => openExec(container, [...TELL_PID, ...words], options.env ?? {}, pidInside), told);
    },
  };
}

async function openExec(
  container: Container,
  command: readonly string[],
  env: Readonly<Record<string, string>>,
  pidInside: Promise<string>,
): Promise<Session> {
  const exec = await container.exec({
    Cmd: [...command],
    Env: Object.entries(env).map(([name, value]) => `${name}=${value}`),
    AttachStdin: true,
    AttachStdout: true,
    AttachStderr: true,
  });
  const stream = await exec.start({ hijack: true, stdin: true });
  return {
    stream,
    pid: async () => pidHere(exec, await pidInside),
    demux: (stdout, stderr) => container.modem.demuxStream(stream, stdout, stderr),
    exitCode: async () => {
      let code: number | null = null; // its streams close a moment before the engine has seen its end
      await until(async () => {
        const state = await exec.inspect();
        if (!state.Running) code = state.ExitCode;
        return !state.Running;
      }, END_TIMEOUT);
      return code;
    },
    kill: async (signal) => {
      const killer = await container.exec({ Cmd: ['sh', '-c', `kill -${signal.slice(3)} ${await pidInside}`] });
      (await killer.start({ Detach: true })).resume(); // an answer nobody reads would keep its connection open
    },
  };
}

/**
 * The engine knows a process by its pid on the engine's machine, a moment after it has begun to run. Where ctload sees other
 * processes than that (it runs in a container itself), the kernel's list of the process's pids, the innermost last, tells.
 */
async function pidHere(exec: Exec, inside: string): Promise<number | undefined> {
  let pid = 0;
  await until(async () => {
    const state = await exec.inspect();
    pid = state.Pid;
    return pid !== 0 || !state.Running;
  }, KNOWN_TIMEOUT);
  return /^NSpid:.*\t(\d+)$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] === inside ? pid : undefined;
}
