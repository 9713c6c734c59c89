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

/**
 * ctload's process in a guest: starts processes there and passes on what they say, until the machine is switched off.
 * @param ownerGone called when its owner has ended; the machine ends with it by default, and the kernel would panic if its first process did
 * @param onCommand called for every command
 */
export function serveGuest(ownerGone = () => {}, onCommand = () => {}): void {
  const children = new Map<number, Child>();
  // Its owner asks for the time every now and then, and so needs no further sign of life.
  readCommands<GuestCommand>((command) => {
    onCommand();
    switch (command.type) {
      case 'spawn':
        children.set(command.id, start(command.id, command.argv, command.env));
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

function start(id: number, argv: readonly string[], env: Readonly<Record<string, string>>): Child {
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

function send(message: GuestReply | Ready): void {
  const bytes = Buffer.from(encode([message]));
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
