import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { identityOf } from '../../../../src/lab/host/processes.ts';
import {
  isOrphaned,
  limitsWithoutLease,
  readJournal,
  undoJournal,
  valuesToRestore,
  writeJournal,
} from '../../../../src/lab/lease/journal.ts';

const ENTRY = {
  runId: 'r1',
  owner: 42,
  keepers: [identityOf(process.pid)],
  before: { max: 262144, buckets: 262144 },
  during: { max: 500, buckets: 512 },
};

function journalFile(): string {
  const folder = mkdtempSync(join(tmpdir(), 'ctload-journal-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return join(folder, 'state', 'lease.json');
}

test('what is written is read back, and no draft stays behind', () => {
  const file = journalFile();
  writeJournal(ENTRY, file);
  expect(readJournal(file)).toEqual(ENTRY);
  expect(readdirSync(join(file, '..'))).toEqual(['lease.json']);
});

test('no journal and an unreadable one mean there is nothing to undo', () => {
  const file = journalFile();
  expect(readJournal(file)).toBeUndefined();
  expect(undoJournal(file)).toBeUndefined();
  writeJournal(ENTRY, file);
  writeFileSync(file, '{"runId":"r');
  expect(readJournal(file)).toBeUndefined();
});

test.each([
  ['the lease in force', { max: 500, buckets: 512 }, { max: 262144, buckets: 262144 }],
  ['nothing written yet', { max: 262144, buckets: 262144 }, { max: 262144, buckets: 262144 }],
  ['only buckets written', { max: 262144, buckets: 512 }, { max: 262144, buckets: 262144 }],
  ['max changed by somebody else', { max: 131072, buckets: 512 }, { max: 131072, buckets: 262144 }],
  ['buckets changed by somebody else', { max: 500, buckets: 65536 }, { max: 262144, buckets: 65536 }],
])('restoring after %s', (_, current, expected) => {
  expect(valuesToRestore(ENTRY, current)).toEqual(expected);
});

test.each([
  ['before a second change is made', { max: 500, buckets: 512 }],
  ['after it', { max: 4000, buckets: 512 }],
  ['before the first', { max: 262144, buckets: 262144 }],
])('whatever a lease has set, the limits from before it are restored: %s', (_, current) => {
  const entry = { ...ENTRY, earlier: [ENTRY.before, ENTRY.during], during: { max: 4000, buckets: 512 } };
  expect(valuesToRestore(entry, current)).toEqual(ENTRY.before);
  expect(valuesToRestore(entry, { ...current, max: 4001 }).max).toBe(4001);
});

test('a machine’s own limits are those in force, or what a lease will put back', () => {
  const file = journalFile();
  expect(limitsWithoutLease(ENTRY.during, file)).toEqual(ENTRY.during);
  writeJournal(ENTRY, file);
  expect(limitsWithoutLease(ENTRY.during, file)).toEqual(ENTRY.before);
});

test('buckets that the kernel rounded up before the lease could read them back are still the lease’s', () => {
  const asked = { ...ENTRY, during: { max: 4097, buckets: 4097 } };
  expect(valuesToRestore(asked, { max: 4097, buckets: 4608 })).toEqual(ENTRY.before);
});

test('a lease is orphaned once none of its keepers lives, even if their pids do', () => {
  const own = identityOf(process.pid);
  expect(isOrphaned(ENTRY)).toBe(false);
  expect(isOrphaned({ ...ENTRY, keepers: [{ ...own, startTime: own.startTime - 1 }, identityOf(0)] })).toBe(true);
});
