import { PassThrough } from 'node:stream';
import type { V1Status } from '@kubernetes/client-node';
import { messageOf } from '../../platform/errors.ts';
import type { Child, Exit } from '../../platform/exec.ts';
import { eachLine } from '../../platform/lines.ts';
import { tailOf } from '../../platform/tail.ts';
import type { Cluster } from './cluster.ts';

/** One pod, which has one container. */
export interface PodName {
  readonly namespace: string;
  readonly pod: string;
}

/**
 * A process in a running pod as a Child, through the API server. What is written before it runs is buffered; one that cannot be
 * started has exit code 126. It cannot be sent a signal: killing it closes the connection, and with it its stdin.
 */
export async function startInPod({ config }: Cluster, { namespace, pod }: PodName, argv: readonly string[]): Promise<Child> {
  const { Exec } = await import('@kubernetes/client-node');
  const stdin = new PassThrough();
  const stdout = new PassThrough();
  const stderr = new PassThrough();
  const said = tailOf(stderr);
  let settle: (exit: Exit) => void = () => {};
  const ended = new Promise<Exit>((resolve) => {
    settle = resolve;
  });
  const read = new Promise<void>((resolve) => stdout.on('end', resolve));
  let disconnect = () => {};
  const opening = new Exec(config)
    .exec(namespace, pod, 'ctload', [...argv], stdout, stderr, stdin, false, (status) => settle(exitOf(status, said())))
    .then(
      (socket) => {
        disconnect = () => socket.terminate();
        socket.onclose = () => {
          stdout.end();
          settle({ code: null, signal: null, stderr: `the connection to the API server was lost ${said()}`.trim() });
        };
      },
      (error) => {
        stdout.end();
        settle({ code: 126, signal: null, stderr: messageOf(error) });
      },
    );
  return {
    pid: undefined,
    command: argv.join(' '),
    exited: Promise.all([ended, read]).then(([exit]) => exit),
    onLine: (listener) => eachLine(stdout, listener),
    write: (line) => {
      if (stdin.writable) stdin.write(`${line}\n`);
    },
    end: () => stdin.end(),
    kill: () => void opening.then(() => disconnect()),
  };
}

/** `Success`, or `Failure` with the exit code among its causes (k8s.io/apimachinery, NonZeroExitCodeReason). */
function exitOf({ status, message = '', details }: V1Status, stderr: string): Exit {
  if (status === 'Success') return { code: 0, signal: null, stderr };
  const code = details?.causes?.find(({ reason }) => reason === 'ExitCode')?.message;
  if (code !== undefined) return { code: Number(code), signal: null, stderr }; // the message says the same
  return { code: 126, signal: null, stderr: stderr === '' ? message : stderr };
}
