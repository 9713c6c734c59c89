import { accessSync, constants, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { messageOf } from '../../../platform/errors.ts';
import { failure, listenToOwner, sendToOwner } from '../../../platform/remote/child-side.ts';
import { MAX_SYSCTL } from '../../host/limits.ts';
import { sysctlPath } from '../../host/sysctls.ts';
import { FOLDER, type LimitCommand, type LimitReady, type LimitReply, type Lowered } from './messages.ts';

/** What has to be restored; its time is that of the last sign of life of whoever holds the limit. */
const KEPT = join(FOLDER, 'limit.json');
const SIGN_OF_LIFE_MS = 1000;
const LOOK_MS = 250;
const SILENT_SECONDS = 5;

/**
 * The pod's first process, the dead man's switch: restores the limit as soon as nobody holds it any more, and when the pod is ended.
 * Killed, it is started again by the kubelet, and finds what has to be restored.
 */
export function keepLimit(): void {
  setInterval(() => {
    if (silentSeconds() > SILENT_SECONDS) restoreKept();
  }, LOOK_MS);
  process.on('SIGTERM', () => {
    restoreKept();
    process.exit();
  });
}

/** Lowers the limit for its owner, and restores it on request, or as soon as that is gone. */
export function holdLimit(): void {
  let during: number | undefined;
  listenToOwner<LimitCommand>(
    (command) => {
      try {
        if (command.type === 'restore') {
          during = undefined;
          restoreKept();
          sendToOwner<LimitReply>({ type: 'restored', max: readMax() });
        } else {
          keep(command);
          writeMax(command.during);
          during = command.during;
          sendToOwner<LimitReply>({ type: 'lowered' });
        }
      } catch (error) {
        sendToOwner(failure(error));
      }
    },
    () => {
      restoreKept();
      process.exit();
    },
  );
  setInterval(() => {
    if (during === undefined) return;
    const now = new Date();
    utimesSync(KEPT, now, now);
    const max = readMax();
    if (max === during) return;
    during = undefined;
    sendToOwner<LimitReply>({ type: 'changed', max });
  }, SIGN_OF_LIFE_MS);
  const refused = whyNot();
  sendToOwner<LimitReady>({ type: 'ready', max: readMax(), ...(refused === undefined ? {} : { refused }) });
}

/** Does what a run that was killed had to do. */
export function repairLimit(lowered: Lowered): void {
  keep(lowered);
  restoreKept();
}

function keep({ before, during }: Lowered): void {
  writeFileSync(KEPT, JSON.stringify({ before, during }));
}

/** A limit that somebody else has changed meanwhile stays as it is. */
function restoreKept(): void {
  const kept = readKept();
  if (kept === undefined) return;
  if (readMax() === kept.during) writeMax(kept.before);
  rmSync(KEPT, { force: true });
}

function readKept(): Lowered | undefined {
  try {
    return JSON.parse(readFileSync(KEPT, 'utf8'));
  } catch {
    return undefined;
  }
}

function silentSeconds(): number {
  try {
    return (Date.now() - statSync(KEPT).mtimeMs) / 1000;
  } catch {
    return 0; // nothing to restore
  }
}

function readMax(): number {
  return Number(readFileSync(sysctlPath(MAX_SYSCTL), 'utf8'));
}

function writeMax(max: number): void {
  writeFileSync(sysctlPath(MAX_SYSCTL), String(max));
}

function whyNot(): string | undefined {
  try {
    accessSync(sysctlPath(MAX_SYSCTL), constants.W_OK);
    return undefined;
  } catch (error) {
    return messageOf(error);
  }
}
