import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ctload, runScenario, temporaryFolder, unfit } from '../support/ctload.ts';
import { flows } from '../support/dataplanes.ts';
import { HELD, rules, shipped, WEB } from '../support/rules.ts';
import { skipFor } from '../support/skip.ts';

describe('rules of the user’s own', skipFor(unfit), () => {
  it('a rate limit: what it drops is not the table’s, to the packet', async () => {
    const { summary, folder } = await runScenario('smoke.yaml', [
      ...flows('dataplane: nftables', WEB, 'max: 4000'),
      ...shipped('rate-limit'),
    ]);
    expect(summary.verdict).toMatchObject({ kind: 'held', validity: 'valid', cause: 'dropped-by-rule' });
    const { synRetransmissions, abandoned, ruleDropped, kernelDrops } = summary.accounting;
    expect(ruleDropped).toBeGreaterThan(100);
    expect(summary.rules).toMatchObject({ tool: 'nft', mode: 'add', dropped: { 'dropped-syns': ruleDropped } });
    expect({ drops: ruleDropped, kernelDrops }).toEqual({ drops: synRetransmissions + abandoned, kernelDrops: 0 });
    // The record has the rules themselves: it can be run again without their file.
    const again = await ctload('validate', join(folder, 'scenario.resolved.yaml'));
    expect(again.code, again.stderr).toBe(0);
  });

  it('in place of the dataplane’s: conntrack is as they leave it', async () => {
    const untracked =
      'table ip own {\n chain forward { type filter hook forward priority filter; policy accept; ct state new accept\n }\n chain raw { type filter hook prerouting priority raw; policy accept; notrack\n }\n}';
    const { summary } = await runScenario('smoke.yaml', [
      ...flows('dataplane: forward', HELD, 'max: 4000'),
      ...rules('nftables', untracked, 'replace'),
    ]);
    expect(summary.floods['sockets']).toMatchObject({ succeeded: 150 });
    expect(summary.conntrack.peakEntries).toBe(0);
    expect(summary.rules).toMatchObject({ mode: 'replace', alterTracking: true, dropped: {} });
  });

  it('that nft or iptables-restore refuses: its own words and the line, and nothing is left', async () => {
    const refused = async (flags: readonly string[]) => {
      const { code, stderr } = await ctload('run', 'scenarios/smoke.yaml', '--output', join(temporaryFolder(), 'run'), ...flags);
      expect(code).toBe(104);
      return stderr;
    };
    expect(await refused(rules('nftables', 'table inet bad {\n chain x {\n  tcp dprt 80 drop\n }\n}'))).toContain(
      'gateway.rules.nftables: nft refuses the rules: line 3:7-10: Error: syntax error',
    );
    expect(await refused(rules('iptables', '*filter\n-A FORWARD -m conlimit -j DROP\nCOMMIT\n'))).toMatch(
      /gateway\.rules\.iptables: iptables-restore refuses the rules: .*conlimit/s,
    );
  });
});
