import { Command, CommanderError } from 'commander';
import { expect, it } from 'vitest';
import { declare as completion } from '../../../src/commands/completion/command.ts';
import type { Declare } from '../../../src/commands/declare.ts';
import { declare as find } from '../../../src/commands/find/command.ts';
import { declare as inspect } from '../../../src/commands/inspect/command.ts';
import { scenarioKey } from '../../../src/commands/meant-flags.ts';
import { declare as plan } from '../../../src/commands/plan/command.ts';
import { declare as run } from '../../../src/commands/run/command.ts';
import { declare as validate } from '../../../src/commands/validate/command.ts';
import { parseScenario } from '../../../src/scenario/load.ts';
import { errorOf } from '../../fixtures/error-of.ts';

const COMMANDS: Readonly<Record<string, Declare>> = { completion, run, find, validate, inspect, plan };

/** What the command line says when it refuses `line`, without the flag that it does not know. */
async function said(line: string): Promise<string> {
  const args = line.split(' ');
  const argv = ['node', 'ctload', ...args];
  let text = '';
  const program = new Command('ctload').exitOverride().configureOutput({ writeErr: (more) => (text += more) });
  const color = () => ({ stdout: false, stderr: false });
  COMMANDS[args[0] ?? '']?.(program, { argv, environment: {}, color, exit: () => {} });
  await expect(program.parseAsync(argv)).rejects.toThrow(CommanderError);
  return text.trimEnd().replace(/^error: unknown option '[^']*'; /, '');
}

it.each([
  ['plan --max 1048576 --rate 10000', '--sysctl net.netfilter.nf_conntrack_max=1048576'],
  ['plan --nf-conntrack-max 5', '--sysctl net.netfilter.nf_conntrack_max=5'],
  ['plan --buckets 4096', '--sysctl net.netfilter.nf_conntrack_buckets=4096'],
  ['plan --rps 500', '--rate 500'],
  ['plan --qps=500', '--rate 500'],
  ['plan --cpu 4', '--cores 4'],
  ['plan --vcpus 4', '--cores 4'],
  ['plan --ram 8Gi', '--memory 8Gi'],
  ['plan --memTotal 8Gi', '--mem-total 8Gi'],
  ['plan --tcp-time-wait 30s', '--timeout tcp_time_wait=30s'],
  ['plan --nf_conntrack_tcp_timeout_time_wait=30s', '--timeout tcp_time_wait=30s'],
  ['plan x.yaml --prefill 0.5', '--set gateway.conntrack.prefill=0.5'],
  ['run x.yaml --rate 500', '--set floods.<name>.rate=500'],
  ['run --rate 500 x.yaml', '--set floods.<name>.rate=500'],
  ['run x.yaml --rate', '--set floods.<name>.rate=…'],
  ['run x.yaml --vus 10 --duration 30s', '--set floods.<name>.connections=10'],
  ['run x.yaml --max 5', '--set gateway.conntrack.max=5'],
  ['run x.yaml --hashsize 5', '--set gateway.conntrack.buckets=5'],
  ['run x.yaml --seed 5', '--set seed=5'],
  ['find x.yaml --qps 5', '--set floods.<name>.rate=5'],
  ['find x.yaml --measuring-period 5s', '--set find.measuringPeriod=5s'],
  ['validate x.yaml --udp_timeout 5s', '--set gateway.conntrack.timeouts.udp=5s'],
  ['inspect x.yaml --dataplane nftables', '--set gateway.dataplane=nftables'],
])('%s: did you mean %s?', async (line, meant) => {
  expect(await said(line)).toBe(`did you mean ${meant}?`);
});

it('leaves a mistyped flag to commander', async () => {
  expect(await said('run x.yaml --outptu dir')).toBe("error: unknown option '--outptu'\n(Did you mean --output?)");
  expect(await said('run x.yaml --nonsense 5')).toBe("error: unknown option '--nonsense'");
});

it('takes a full sysctl name for a timeout', async () => {
  expect(await said('plan --timeout net.netfilter.nf_conntrack_tcp_timeout_time_wait=30s')).toContain(
    '; did you mean tcp_time_wait?',
  );
});

it.each([
  ['plan --dataplane nft', 'iptables, nftables, ipvs, proxy, forward, notrack, tunnel; did you mean nftables?'],
  ['plan --format md', 'text, markdown, html, json; did you mean markdown?'],
  ['plan --format htm', 'text, markdown, html, json; did you mean html?'],
  ['plan --format pdf', 'text, markdown, html, json.'],
  ['completion bsh', 'bash, zsh, fish; did you mean bash?'],
  ['find x.yaml --for connection', 'connections; did you mean connections?'],
])('%s: allowed choices are %s', async (line, allowed) => {
  expect(await said(line)).toContain(`. Allowed choices are ${allowed}`);
});

it.each(
  'max buckets prefill method leaseWait timeouts node kubeProxy dataplane rate duration connections kind executor arrival close heartbeat startTime connectTimeout responseTimeout payloadSize delay status backlog interval variable initialValue precision measuringPeriod confirmPeriod deadline target client cores memory instanceType kernel seed name description thresholds'.split(
    ' ',
  ),
)('names the scenario key %s where it is', (key) => {
  const text =
    'version: 1\nname: x\ngateway: {conntrack: {max: 5}}\nfloods: {a: {kind: short, executor: burst, connections: 1}}\n';
  const meant = scenarioKey(key, '[1]') ?? '';
  const path = meant.replace(/^--set /, '').replace('<name>', 'a');
  expect(path).toMatch(new RegExp(`(^|\\.)${key}=`));
  const { message } = errorOf(() => parseScenario(text, 'x.yaml', { set: [path] })); // no key takes the value
  expect(message.split(path.replace('=[1]', ': unknown key')).length === 1 || message.includes('allowed keys: kind')).toBe(true);
});
