import { rmSync, writeSync } from 'node:fs';
import { createConnection, createServer, type Socket } from 'node:net';
import { serveGuest } from '../lab/vm/guest-process.ts';
import { delay, monotonic } from '../platform/clock.ts';
import { eachLine } from '../platform/lines.ts';
import { readLines } from '../platform/remote/child-side.ts';
import { Resumable } from '../platform/remote/resumable.ts';

// The first process of a pod, and what speaks for ctload, which is outside of the cluster, with it: a process that the API server
// started for ctload dies with its connection, and must take neither the load nor its record with it.

/** Every pod has one of its own, the only folder that it can write to. */
const FOLDER = '/dev/shm';
/** Of the owner, who asks for the time twice a second; load ends after it, and what has been recorded waits to be fetched. */
const SILENT_SECONDS = 5;
const SILENT = `nothing was heard of ctload for ${SILENT_SECONDS} s`;
/** For the first process to listen, in a pod that has little CPU time. */
const START_SECONDS = 15;

// serve SECONDS [FOLDER], attach [FOLDER]; or alone, where the pod's first process is another one
const [role, ...args] = process.argv.slice(2);
if (role === 'attach') void attach(args[0]);
else if (role === 'alone') alone();
else serve(Number(args[0]), args[1]);

function socketIn(folder = FOLDER): string {
  return `${folder}/ctload.sock`;
}

/** @param lifetime seconds until it ends, whatever happens */
function serve(lifetime: number, folder?: string): void {
  setTimeout(() => process.exit(), Math.min(lifetime * 1000, 2 ** 31 - 1));
  let onLine = (_line: string) => {};
  const owner = new Resumable((line) => {
    listened();
    onLine(line);
  });
  const { killAll } = serveGuest({
    read: (listener) => {
      onLine = listener;
    },
    write: (line) => owner.send(line),
  });
  let silent: NodeJS.Timeout | undefined;
  const listened = () => {
    clearTimeout(silent);
    silent = setTimeout(() => killAll(SILENT), SILENT_SECONDS * 1000);
  };
  let last: Socket | undefined;
  rmSync(socketIn(folder), { force: true });
  createServer((socket) => {
    last?.destroy();
    last = socket;
    socket.on('error', () => {}); // 'close' follows
    socket.on('close', () => {
      if (last === socket) owner.detach();
    });
    eachLine(socket, (text) => {
      if (last === socket) owner.receive(text);
    });
    owner.attach((line) => void socket.write(`${line}\n`));
  }).listen(socketIn(folder));
}

/** What it has started ends with it, and it with its connection: their stdin closes. What nobody reads waits in memory. */
function alone(): void {
  let silent: NodeJS.Timeout | undefined;
  const end = () => {
    writeSync(2, SILENT);
    process.exit(1);
  };
  serveGuest({
    read: (onLine) => {
      readLines(
        (line) => {
          clearTimeout(silent);
          silent = setTimeout(end, SILENT_SECONDS * 1000);
          onLine(line);
        },
        () => process.exit(),
      );
    },
    write: (line) => void process.stdout.write(`${line}\n`),
  });
}

/** Passes on what both sides say; ends when either does. */
async function attach(folder?: string): Promise<void> {
  const until = monotonic() + START_SECONDS;
  for (;;) {
    const socket = createConnection(socketIn(folder));
    const connected = await new Promise<boolean>((resolve) => {
      socket.on('connect', () => resolve(true)).on('error', () => resolve(false));
    });
    if (connected) {
      process.stdin.pipe(socket).pipe(process.stdout);
      process.stdout.on('error', () => process.exit());
      socket.on('close', () => {
        writeSync(2, 'its first process closed the connection');
        process.exit(1);
      });
      return;
    }
    if (monotonic() > until) throw new Error('no process of ctload runs in the pod');
    await delay(0.1);
  }
}
