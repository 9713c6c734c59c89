import { describe, expect, it } from 'vitest';
import { type LowerLoadInputs, suggestLowerLoad } from '../../../../src/analysis/verdict/remedy.ts';

const lighter = (floods: LowerLoadInputs['floods'], more: Partial<LowerLoadInputs> = {}) =>
  suggestLowerLoad({ floods, rate: undefined, others: 0, agents: 2, cpus: 2, ...more });
const codes = (...inputs: Parameters<typeof lighter>) => lighter(...inputs).map(({ code }) => code);
const short = { name: 'requests', kind: 'short', executor: 'constant-arrival-rate' };
const long = { name: 'sockets', kind: 'long', executor: 'ramping-connections' };

describe('what makes a load lighter', () => {
  it('is what these floods leave to change', () => {
    expect(lighter([short], { rate: 11_218.6 })).toEqual([
      { code: 'lower-rate', reached: 11_218.6 },
      { code: 'protocol-tcp' },
      { code: 'more-cores' },
    ]);
    expect(codes([{ ...short, protocol: 'tcp' }])).toEqual(['lower-rate', 'more-cores']);
    expect(codes([{ name: 'dns', kind: 'udp', executor: 'burst' }])).toEqual(['smaller-burst', 'more-cores']);
    expect(codes([{ ...short, client: 'undici' }])).toContain('direct-client');
    expect(codes([long])).toEqual(['fewer-connections', 'longer-heartbeat', 'protocol-tcp', 'more-cores']);
    expect(codes([{ ...long, protocol: 'tcp' }])).toEqual(['fewer-connections', 'more-cores']);
    expect(codes([short, long])).toContain('fewer-floods');
  });

  it('is a shorter wait where that is what crowds the cores', () => {
    const crowd = { agents: 16, cpus: 2 };
    expect(lighter([short], crowd)).toContainEqual({ code: 'shorter-timeouts', agents: 16, cpus: 2 });
    expect(codes([short], { ...crowd, cpus: 8 })).not.toContain('shorter-timeouts');
    expect(codes([long], crowd)).not.toContain('shorter-timeouts');
  });

  it('names other programs only when they took a good part', () => {
    expect(codes([short])).not.toContain('stop-other-programs');
    expect(codes([short], { others: 0.1 })).not.toContain('stop-other-programs');
    expect(lighter([short], { others: 0.4 })).toContainEqual({ code: 'stop-other-programs', cpuShare: 0.4 });
  });
});
