import { getEventListeners } from 'node:events';
import { describe, expect, it, onTestFinished } from 'vitest';
import { Guest } from '../../../../src/lab/vm/guest.ts';
import { type Exit, execute, spawn } from '../../../../src/platform/exec.ts';
import { programCommand } from '../../../../src/platform/program.ts';

/** ctload's process of a guest, on this machine: what is between them is the same. */
function guestHere(argv: readonly string[] = programCommand('guest')): Guest {
  const guest = new Guest(spawn(argv), 'gateway');
  onTestFinished(() => guest[Symbol.asyncDispose]());
  return guest;
}

const go = new AbortController().signal;

describe('a guest', () => {
  it('runs commands, which may be started before it has booted', async () => {
    const guest = guestHere();
    const host = guest.host('gateway');
    const early = execute(['cat'], { host, input: 'a\nb' });
    await guest.booted(go);
    expect(await early).toBe('a\nb');
    expect(await execute(['sh', '-c', 'echo "$WORD"'], { host, env: { WORD: 'there' } })).toBe('there');
    await expect(execute(['sh', '-c', 'echo no >&2; exit 3'], { host })).rejects.toThrow(/exit code 3: sh -c .*no$/);
    await expect(execute(['/no/such'], { host })).rejects.toThrow('exit code 127');
  });

  it('kills what it is told to', async () => {
    const guest = guestHere();
    const child = guest.host('gateway').spawn(['sleep', '100']);
    child.kill('SIGKILL');
    expect(await child.exited).toMatchObject({ code: null, signal: 'SIGKILL' });
  });

  it('passes on everything of a child that says a lot', async () => {
    const lines = (await execute(['seq', '50000'], { host: guestHere().host('gateway') })).split('\n');
    expect(lines.length).toBe(50_000);
    expect(lines.at(-1)).toBe('50000');
  });

  it('is on a machine whose clock is translated once it was read', async () => {
    const guest = guestHere();
    await guest.booted(go);
    const { offset, error } = await guest.clock.set();
    expect(Math.abs(offset)).toBeLessThanOrEqual(error); // the same clock
    expect(error).toBeLessThan(0.1);
    expect(guest.host('gateway').machine.id).toBe('gateway');
    expect(guest.machine.toLocal(5)).toBe(5 + offset);
  });

  it('leaves nothing on the signal that all runs of a matrix share', async () => {
    await guestHere().booted(go);
    expect(getEventListeners(go, 'abort')).toEqual([]);
  });

  it('is ended when it does not answer any more', async () => {
    const machine = spawn(programCommand('guest'));
    const guest = new Guest(machine, 'gateway', 0.3);
    onTestFinished(() => guest[Symbol.asyncDispose]());
    await guest.booted(go);
    machine.kill('SIGSTOP');
    expect(await guest.lost).toBe("the guest's kernel hangs: no answer for 0.3 s");
  });

  it('ends its processes with itself, and says what it said last', async () => {
    const guest = guestHere(['sh', '-c', 'echo panic >&2; exit 4']);
    const child = guest.host('gateway').spawn(['sleep', '100']);
    expect(await guest.lost).toBe('the guest ended: exit code 4: panic');
    const how: Partial<Exit> = { code: null, signal: null, stderr: 'the guest ended: exit code 4: panic' };
    expect(await child.exited).toMatchObject(how);
    expect(await guest.host('gateway').spawn(['true']).exited).toMatchObject(how);
    await expect(guest.booted(go)).rejects.toThrow('the guest did not boot: the guest ended: exit code 4: panic');
  });
});
