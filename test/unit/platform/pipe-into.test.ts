import { expect, it } from 'vitest';
import { pipeInto } from '../../../src/platform/pipe-into.ts';

const never = new AbortController().signal;

function* broken(): Generator<string> {
  yield 'one\n';
  throw new Error('no second line');
}

it('gives a command all there is, and tells how it failed', async () => {
  await pipeInto(['sh', '-c', 'test "$(wc -l)" = 2'], ['one\n', 'two\n'], never);
  await expect(pipeInto(['sh', '-c', 'echo full >&2; exit 3'], ['one\n'], never)).rejects.toThrow(/exit code 3: .*: full$/);
  await expect(pipeInto(['no-such-command'], ['one\n'], never)).rejects.toThrow(/exit code 127/);
});

it('fails when what it was to give breaks off', async () => {
  await expect(pipeInto(['cat'], broken(), never)).rejects.toThrow('no second line');
});

it('ends the command when it is no longer wanted', async () => {
  const unwanted = new AbortController();
  const fed = pipeInto(
    ['sleep', '1000'],
    (function* () {
      for (;;) yield 'x'.repeat(65_536);
    })(),
    unwanted.signal,
  );
  setImmediate(() => unwanted.abort());
  await expect(fed).rejects.toMatchObject({ name: 'AbortError' });
});
