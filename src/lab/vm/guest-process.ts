import { writeSync } from 'node:fs';
import { monotonic } from '../../platform/clock.ts';
import { errnoOf } from '../../platform/errors.ts';
import { type Child, spawn } from '../../platform/exec.ts';
import { readLines } from '../../platform/remote/child-side.ts';
import type { Ready } from '../../platform/remote/protocol.ts';
import type { GuestCommand, GuestReply } from './guest-messages.ts';

/** Bytes of one write: the port takes at most 32 kB at once (port_fops_write, drivers/char/virtio_console.c). */
const MOST_AT_ONCE = 16_384;
const STDOUT = 1;
const MOMENT = new Int32Array(new SharedArrayBuffer(4));

/** How it speaks with its owner. */
export interface GuestLink {
  /** Calls back for every line of the owner's. */
  read(onLine: (line: string) => void): void;
  /** Passes on to the owner a line, which has no newline. */
  write(line: string): void;
}

/**
 * Stdin and stdout, with an owner that reads: what is said waits for it. When the owner has ended the machine ends with it, and the
 * kernel would panic if its first process did.
 */
const STDIO: GuestLink = {
  read: (onLine) => readLines(onLine, () => {}),
  write: (line) => writeAll(Buffer.from(`${line}\n`)),
};

type Send = (message: GuestReply | Ready) => void;

/**
 * ctload's process in a guest: starts processes there and passes on what they say, until the machine is switched off. Returns what
 * kills them all.
 */
export function serveGuest({ read, write }: GuestLink = STDIO): { readonly killAll: (why: string) => void } {
  /** Why processes were killed, by id. */
  const killed = new Map<number, string>();
  const children = new Map<number, Child>();
  const send: Send = (message) => write(JSON.stringify(message));
  // Its owner asks for the time every now and then, and so needs no further sign of life.
  read((line) => {
    const command = JSON.parse(line) as GuestCommand;
    switch (command.type) {
      case 'spawn':
        children.set(
          command.id,
          start(command, send, () => killed.get(command.id)),
        );
        void children.get(command.id)?.exited.then(() => children.delete(command.id));
        return;
      case 'input':
        children.get(command.id)?.write(command.text);
        return;
      case 'end':
        children.get(command.id)?.end();
        return;
      case 'kill':
        children.get(command.id)?.kill(command.signal);
        return;
      case 'time':
        send({ type: 'time', id: command.id, at: monotonic() });
    }
  });
  send({ type: 'ready' });
  return {
    killAll: (why) => {
      for (const [id, child] of children) {
        killed.set(id, why);
        child.kill('SIGKILL');
      }
    },
  };
}

/** @param killed why it was killed from here; undefined if it was not */
function start(
  { id, argv, env }: Extract<GuestCommand, { readonly type: 'spawn' }>,
  send: Send,
  killed: () => string | undefined,
): Child {
  const child = spawn(argv, { env });
  let lines: string[] = [];
  const flush = () => {
    if (lines.length > 0) send({ type: 'output', id, lines });
    lines = [];
  };
  // What came at once is passed on at once: every message costs the CPU of which the gateway has so little.
  child.onLine((line) => {
    if (lines.push(line) === 1) queueMicrotask(flush);
  });
  void child.exited.then(({ code, signal, stderr }) => {
    flush();
    send({ type: 'exit', id, code, signal, stderr: killed() ?? stderr });
  });
  return child;
}

function writeAll(bytes: Buffer): void {
  for (let sent = 0; sent < bytes.length; ) sent += write(bytes.subarray(sent, sent + MOST_AT_ONCE));
}

/** How many of `bytes` were taken; 0 when the other side does not read as fast, after a moment. */
function write(bytes: Buffer): number {
  try {
    return writeSync(STDOUT, bytes);
  } catch (error) {
    if (errnoOf(error) !== 'EAGAIN') throw error;
    Atomics.wait(MOMENT, 0, 0, 1);
    return 0;
  }
}
