import { describe, expect, it } from 'vitest';
import { alterTracking } from '../../../src/model/input/rules.ts';
import { loadScenario, parseScenario } from '../../../src/scenario/load.ts';
import { ballastEffects } from '../../../src/sizing/ballast.ts';
import { errorOf } from '../../fixtures/error-of.ts';
import { scenarioNextTo } from '../../fixtures/scenario-file.ts';

const RULES = `table inet mine {
  counter dropped { }
  chain early {
    type filter hook prerouting priority raw; policy accept;
    iifname $front_if counter name "dropped" drop
  }
}
`;

/** A scenario next to a file with these rules. */
function scenario(rules: string, given = '{nftables: sub.nft}'): string {
  const gateway = `conntrack: {max: 500}, rules: ${given}`;
  return scenarioNextTo('sub.nft', rules, { gateway, floods: 'web: {kind: short, executor: burst, connections: 10}' });
}

const refusalOf = (file: string) => errorOf(() => loadScenario(file)).message;

describe('rules of the user’s own', () => {
  it('are read from a file next to the scenario, and stand in the record: it reads back without the file', () => {
    const { scenario: loaded, resolved } = loadScenario(scenario(RULES));
    expect(loaded.gateway.rules).toEqual({ tool: 'nft', text: RULES, mode: 'add' });
    expect(parseScenario(resolved, 'elsewhere/scenario.resolved.yaml')).toEqual({ scenario: loaded, resolved });
  });

  it('may be one line, and written for iptables', () => {
    const file = scenario('add table ip x', '{iptables: sub.nft, mode: replace}');
    const { scenario: loaded, resolved } = loadScenario(file);
    expect(loaded.gateway.rules).toEqual({ tool: 'iptables', text: 'add table ip x\n', mode: 'replace' });
    expect(parseScenario(resolved, 'x.yaml').scenario).toEqual(loaded);
  });

  it.each([
    [
      '{nftables: other.nft}',
      RULES,
      'cannot read other.nft: no such file or directory; the path is relative to the scenario file',
    ],
    ['{nftables: .}', RULES, 'cannot read .: it is a folder'],
    ['{mode: add}', RULES, 'needs one of nftables and iptables'],
    ['{nftables: sub.nft, iptables: sub.nft}', RULES, 'needs one of nftables and iptables'],
    ['{nftables: sub.nft}', `flush ruleset\n${RULES}`, 'flush ruleset would remove the rules of the dataplane'],
    ['{nftables: sub.nft}', `include "more.nft"\n${RULES}`, 'include is not possible'],
    ['{nftables: sub.nft}', '#'.repeat(70_000), 'cannot read sub.nft'],
  ])('%s is refused: case %#', (given, rules, message) => {
    const said = refusalOf(scenario(rules, given));
    expect(said).toContain('gateway.rules');
    expect(said).toContain(message);
  });

  it('may flush what they take the place of', () => {
    const { scenario: loaded } = loadScenario(scenario(`flush ruleset\n${RULES}`, '{nftables: sub.nft, mode: replace}'));
    expect(loaded.gateway.rules?.mode).toBe('replace');
  });

  it.each([
    [RULES, 'add', false],
    [RULES, 'replace', true],
    ['udp dport 53 notrack\n', 'add', true],
    ['-A PREROUTING -p udp -j CT --notrack\n', 'add', true],
    ['ct timeout set "short"\n', 'add', true],
    ['flow add @fast\n', 'add', true],
  ] as const)('may change who has an entry: case %#', (text, mode, alter) => {
    expect(alterTracking({ tool: 'nft', text, mode })).toBe(alter);
    const { scenario: loaded } = loadScenario(scenario(text, `{nftables: sub.nft, mode: ${mode}}`));
    expect(ballastEffects(loaded).expiresFromSeconds).toBe(alter ? 0 : null); // then ballast is as good as a lease, or not
  });
});
