import { writeSync } from 'node:fs';
import { monotonic } from '../../platform/clock.ts';
import { errnoOf } from '../../platform/errors.ts';
import { type Child, spawn } from '../../platform/exec.ts';
import { readCommands } from '../../platform/remote/child-side.ts';
import { encode, type Ready } from '../../platform/remote/protocol.ts';
import type { GuestCommand, GuestReply } from './guest-messages.ts';

/** Bytes of one write: the port takes at most 32 kB at once (port_fops_write, drivers/char/virtio_console.c). */
const MOST_AT_ONCE = 16_384;
const STDOUT = 1;
const MOMENT = new Int32Array(new SharedArrayBuffer(4));

export interface GuestService {
  /** Called when its owner has ended; the machine ends with it by default, and the kernel would panic if its first process did. */
  ownerGone?(): void;
  /** Called for every command. */
  onCommand?(): void;
  /** Passes on to its owner what is said; by default it waits while that does not read. */
  write?(bytes: Buffer): void;
}

type Send = (message: GuestReply | Ready) => void;

/** ctload's process in a guest: starts processes there and passes on what they say, until the machine is switched off. */
export function serveGuest({ ownerGone = () => {}, onCommand = () => {}, write = writeAll }: GuestService = {}): void {
  const children = new Map<number, Child>();
  const send: Send = (message) => write(Buffer.from(encode([message])));
  // Its owner asks for the time every now and then, and so needs no further sign of life.
  readCommands<GuestCommand>((command) => {
    onCommand();
    switch (command.type) {
      case 'spawn':
        children.set(command.id, start(command, send));
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
  }, ownerGone);
  send({ type: 'ready' });
}

function start({ id, argv, env }: Extract<GuestCommand, { readonly type: 'spawn' }>, send: Send): Child {
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
    send({ type: 'exit', id, code, signal, stderr });
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
