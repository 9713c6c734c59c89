import { describe, expect, it } from 'vitest';
import { type LowerLoadInputs, suggestLowerLoad } from '../../../../src/analysis/verdict/remedy.ts';

const lighter = (floods: LowerLoadInputs['floods'], more: Partial<LowerLoadInputs> = {}) =>
  suggestLowerLoad({ floods, rate: undefined, others: 0, agents: 2, cpus: 2, ...more });
const short = { name: 'requests', kind: 'short', executor: 'constant-arrival-rate' };
const long = { name: 'sockets', kind: 'long', executor: 'ramping-connections' };

describe('what makes a load lighter', () => {
  it('is what these floods leave to change', () => {
    expect(lighter([short], { rate: 11_218.6 })).toBe(
      'a lower rate (this run reached about 11219 a second), `protocol: tcp` (the same entries, nothing sent), or a machine with more cores',
    );
    expect(lighter([{ ...short, protocol: 'tcp' }])).toBe('a lower rate, or a machine with more cores');
    expect(lighter([{ name: 'dns', kind: 'udp', executor: 'burst' }])).toBe('a smaller burst, or a machine with more cores');
    expect(lighter([{ ...short, client: 'undici' }])).toContain('`client: direct`');
    expect(lighter([long])).toMatch(/^fewer held connections, a longer `heartbeat`, `protocol: tcp`/);
    expect(lighter([{ ...long, protocol: 'tcp' }])).toBe('fewer held connections, or a machine with more cores');
    expect(lighter([short, long])).toContain('fewer floods');
  });

  it('is a shorter wait where that is what crowds the cores', () => {
    const crowd = { agents: 16, cpus: 2 };
    expect(lighter([short], crowd)).toContain('shorter `connectTimeout` and `responseTimeout` (16 agents share 2 cores');
    expect(lighter([short], { ...crowd, cpus: 8 })).not.toContain('Timeout');
    expect(lighter([long], crowd)).not.toContain('Timeout');
  });

  it('names other programs only when they took a good part', () => {
    expect(lighter([short])).not.toContain('other programs');
    expect(lighter([short], { others: 0.1 })).not.toContain('other programs');
    expect(lighter([short], { others: 0.4 })).toContain('less beside it (other programs took 40 % of the CPUs or more)');
  });
});
