import { readFileSync } from 'node:fs';
import type { Container, Exec } from 'dockerode';
import { until } from '../../platform/clock.ts';
import { type Host, hostBy } from '../../platform/exec.ts';
import { childOf, type Session } from './child.ts';
import { IN_IMAGE } from './package-content.ts';

/** Docker cannot signal a process that it started in a running container: the process first prints its pid in the container. */
const PRINT_PID = ['sh', '-c', 'echo $$; exec "$@"', 'sh'];

const KNOWN_TIMEOUT = 10; // seconds
const END_TIMEOUT = 10; // seconds

/** A running container as a Host. */
export function containerHost(container: Container, name: string): Host {
  const spawn: Host['spawn'] = (argv, options = {}) => {
    let onPid: (pid: string) => void = () => {};
    const pidInside = new Promise<string>((resolve) => {
      onPid = resolve;
    });
    return childOf(argv.join(' '), () => openExec(container, [...PRINT_PID, ...argv], options.env ?? {}, pidInside), onPid);
  };
  return hostBy(name, spawn, IN_IMAGE);
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
      (await killer.start({ Detach: true })).resume(); // an answer that is not read would keep its connection open
    },
  };
}

/**
 * Pid of a process on this machine. The engine reports the pid on the engine's machine, a moment after the process has started.
 * ctload may see other processes under these pids (it runs in a container itself): the last of the kernel's list of pids of the
 * process has to be the one in the container. Undefined otherwise.
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
