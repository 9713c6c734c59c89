import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Resumable } from '../../../../src/platform/remote/resumable.ts';

/** Two ends, and a wire between them that can be cut anywhere. */
function conversation() {
  const heard = { a: [] as string[], b: [] as string[] };
  const ends = { a: new Resumable((line) => heard.a.push(line)), b: new Resumable((line) => heard.b.push(line)) };
  let wire: { toA: string[]; toB: string[] } | undefined;
  const connect = () => {
    const made = { toA: [] as string[], toB: [] as string[] };
    wire = made;
    ends.a.attach((line) => made.toB.push(line));
    ends.b.attach((line) => made.toA.push(line));
  };
  /** Passes on at most `most` lines each way; what is said meanwhile may come, too. */
  const pass = (most = Number.POSITIVE_INFINITY) => {
    for (let passed = 0; wire !== undefined && passed < most && wire.toA.length + wire.toB.length > 0; passed++) {
      const [toA, toB] = [wire.toA.shift(), wire.toB.shift()];
      if (toA !== undefined) ends.a.receive(toA);
      if (toB !== undefined) ends.b.receive(toB);
    }
  };
  /** The next line each way comes in part, and nothing after it. */
  const cut = (at: number) => {
    const [toA, toB] = [wire?.toA.shift(), wire?.toB.shift()];
    if (toA !== undefined) ends.a.receive(toA.slice(0, at));
    if (toB !== undefined) ends.b.receive(toB.slice(0, at));
    wire = undefined;
    ends.a.detach();
    ends.b.detach();
  };
  return { ends, heard, connect, pass, cut };
}

describe('a conversation that survives its connections', () => {
  it('says what was said before there is one, and while there is none', () => {
    const { ends, heard, connect, pass, cut } = conversation();
    ends.a.send('one');
    connect();
    pass();
    ends.b.send('two');
    cut(2);
    ends.a.send('three');
    ends.b.send('four');
    expect(heard).toEqual({ a: [], b: ['one'] });
    connect();
    pass();
    expect(heard).toEqual({ a: ['two', 'four'], b: ['one', 'three'] });
  });

  it('loses no line and says none twice, wherever it is cut', () => {
    const step = fc.oneof(
      fc.record({ say: fc.constantFrom('a' as const, 'b' as const), times: fc.integer({ min: 1, max: 200 }) }),
      fc.record({ pass: fc.integer({ min: 0, max: 300 }) }),
      fc.record({ cut: fc.integer({ min: 0, max: 12 }) }),
      fc.constant({ connect: true }),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        const { ends, heard, connect, pass, cut } = conversation();
        const said = { a: [] as string[], b: [] as string[] };
        for (const one of steps) {
          if ('say' in one)
            for (let n = 0; n < one.times; n++) {
              said[one.say].push(`${one.say}${said[one.say].length}`);
              ends[one.say].send(said[one.say].at(-1) ?? '');
            }
          else if ('pass' in one) pass(one.pass);
          else if ('cut' in one) cut(one.cut);
          else connect();
        }
        cut(0);
        connect();
        pass();
        expect(heard).toEqual({ a: said.b, b: said.a });
      }),
      { numRuns: 300 },
    );
  });
});
