import { expect, onTestFinished, test } from 'vitest';
import { LOCK_FILE, USERS_LOCK_FILE } from '../../../src/lab/host/names.ts';
import { holdersOf } from '../../../src/lab/lease/lock-owners.ts';
import { LOW, listener, standLab } from '../standing-lab.ts';
import { unfit } from '../support/ctload.ts';
import { asNobody } from '../support/nobody.ts';
import { skipFileFor } from '../support/skip.ts';

skipFileFor(unfit);

test("root's lock is nobody's else, and a user who holds the other one delays a lease for ten seconds, and is named", async () => {
  const refused = await asNobody(`flock --shared --nonblock ${LOCK_FILE} true`).ended;
  expect(refused.stderr).toMatch(/Permission denied/);
  const holding = asNobody(`exec flock --shared --no-fork ${USERS_LOCK_FILE} sh -c 'echo held >&2; exec sleep 1000'`);
  await holding.seen(/held/);
  const holder = /process (\d+) \(/.exec(holdersOf(USERS_LOCK_FILE))?.[1];
  onTestFinished(() => void process.kill(Number(holder)));
  const log = listener();
  const started = Date.now();
  await using lab = await standLab({ log });
  expect(lab.capacity.effectiveMax).toBe(LOW);
  expect((Date.now() - started) / 1000).toBeLessThan(15);
  expect(log.lines).toEqual([
    expect.stringMatching(/^waiting up to 10 s for a run without root .*: process \d+ \(\w+\) of user nobody/),
    expect.stringMatching(/^changing the conntrack limits, although process \d+ \(\w+\) of user nobody/),
  ]);
});
