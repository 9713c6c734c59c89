import { createInterface } from 'node:readline';
import { messageOf } from '../../platform/errors.ts';
import { type Limits, readLimits, writeLimits } from '../host/limits.ts';
import type { GuardianCommand, GuardianReply } from './guardian-messages.ts';
import { undoJournal, writeJournal } from './journal.ts';

/**
 * The guardian's whole life: repair what a killed predecessor left, change the limits when told, put them back when told or
 * when stdin ends. It runs under the exclusive lock, in a session of its own, and outlives signals meant for ctload.
 */
export async function runGuardian(): Promise<void> {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGPIPE'] as const) process.on(signal, () => {});
  process.stdout.on('error', () => {}); // the owner is gone: restoring goes on
  if (!attempt(() => ({ type: 'ready', repaired: undoJournal() ?? null }))) return;
  for await (const line of createInterface({ input: process.stdin })) {
    const command: GuardianCommand = JSON.parse(line);
    if (command.type === 'restore') break;
    attempt(() => ({ type: 'changed', limits: change(command.runId, command.owner, command.limits) }));
  }
  attempt(() => ({ type: 'restored', restored: undoJournal() ?? null }));
}

function change(runId: string, owner: number, limits: Limits): Limits {
  const before = readLimits();
  writeJournal({ runId, owner, before, during: limits });
  writeLimits(limits);
  const during = readLimits();
  writeJournal({ runId, owner, before, during });
  if (during.max !== limits.max || during.buckets < limits.buckets) {
    throw new Error(`asked for ${JSON.stringify(limits)}, the kernel says ${JSON.stringify(during)}`);
  }
  return during;
}

function attempt(step: () => GuardianReply): boolean {
  try {
    reply(step());
    return true;
  } catch (error) {
    reply({ type: 'failed', message: messageOf(error) });
    return false;
  }
}

function reply(message: GuardianReply): void {
  process.stdout.write(`${JSON.stringify(message)}\n`);
}
