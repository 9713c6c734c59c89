import { describe, expect, it } from 'vitest';
import { inOrder, runCampaign } from '../../../../src/session/campaign/campaign.ts';
import { inRounds } from '../../../../src/session/campaign/rounds.ts';

describe('rounds', () => {
  const text = (sides: readonly string[], repeats: number) =>
    inRounds(sides, repeats).map(({ side, repeat }) => `${side}${repeat}`);

  it('start with the next side each', () => {
    expect(text(['A', 'B', 'C'], 4).join(' ')).toBe('A1 B1 C1 B2 C2 A2 C3 A3 B3 A4 B4 C4');
  });

  it('have every side once, and every side at every place equally often', () => {
    const sides = ['A', 'B', 'C', 'D', 'E'];
    const turns = inRounds(sides, 5);
    for (const side of sides) {
      const places = turns.flatMap((turn, index) => (turn.side === side ? [index % 5] : []));
      expect(places.sort()).toEqual([0, 1, 2, 3, 4]);
    }
  });

  it('have a search after each run, where that is wanted', () => {
    const turns = inRounds(['A', 'B'], 1, ['run', 'search']);
    expect(turns.map(({ side, kind }) => `${kind} ${side}`)).toEqual(['run A', 'search A', 'run B', 'search B']);
  });

  it('of nothing are empty', () => {
    expect(text([], 3)).toEqual([]);
  });
});

describe('a campaign', () => {
  it('asks what comes next after every run', async () => {
    const halving = { next: (done: readonly number[]) => ((done.at(-1) ?? 16) > 1 ? (done.at(-1) ?? 16) : undefined) };
    expect(await runCampaign(halving, async (value) => value / 2)).toEqual([8, 4, 2, 1]);
  });

  it('ends between two runs when it is over', async () => {
    const ran: number[] = [];
    const run = async (value: number) => ran.push(value);
    await runCampaign(inOrder([7, 8, 9]), run, () => ran.length === 2);
    expect(ran).toEqual([7, 8]);
  });

  it('ends with the first error', async () => {
    const ran: number[] = [];
    const run = async (value: number) => {
      ran.push(value);
      if (value === 8) throw new Error('no lab');
    };
    await expect(runCampaign(inOrder([7, 8, 9]), run)).rejects.toThrow('no lab');
    expect(ran).toEqual([7, 8]);
  });
});
