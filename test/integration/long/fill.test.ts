import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { describe, expect, it, onTestFinished } from 'vitest';
import { readLimits } from '../../../src/lab/host/limits.ts';
import { countEntries } from '../../../src/lab/host/table.ts';
import { until } from '../../../src/platform/clock.ts';
import { ctload, start, unfit } from '../support/ctload.ts';
import { skipFor } from '../support/skip.ts';

const RULES =
  "ip link set lo up; nft 'add table ip t; add chain ip t c { type filter hook output priority 0; }; add rule ip t c ct state new accept'";
/** Connects to a server of its own, and prints what came of it. */
const CONNECT = `const net = require('node:net');
const server = net.createServer().listen(0, '127.0.0.1', () => {
  const say = (what) => { console.log(what); process.exit(); };
  net.connect(server.address().port, '127.0.0.1', () => say('connected')).on('error', () => say('failed'));
  setTimeout(() => say('failed'), 2500);
});`;
/** Seconds until the kernel's gc has freed what is expired: it starts once a minute, and again where it did not finish. */
const GC = 130;

function namespace(): string {
  const name = `filltest-${randomBytes(3).toString('hex')}`;
  execFileSync('ip', ['netns', 'add', name]);
  onTestFinished(() => void execFileSync('ip', ['netns', 'delete', name]));
  execFileSync('ip', ['netns', 'exec', name, 'sh', '-c', RULES]);
  return name;
}

function connect(netns: string): string {
  return execFileSync('ip', ['netns', 'exec', netns, process.execPath, '-e', CONNECT], { encoding: 'utf8' }).trim();
}

describe('a rehearsal', skipFor(unfit), () => {
  it('fills one table, whose new connections fail while those of others do not, and empties it at Ctrl-C', async () => {
    const [filled, other] = [namespace(), namespace()];
    const limits = readLimits();
    const filling = start(['fill', '--to', '100%', '--for', '90s', '--allow-outage', '--netns', filled]);
    await filling.seen(/\(100 %\) for 1m30s; Ctrl-C ends it/);
    expect(await countEntries(filled)).toBe(limits.max);
    expect(connect(filled)).toBe('failed');
    expect(connect(other)).toBe('connected');
    expect(readLimits()).toEqual(limits);
    filling.child.kill('SIGINT');
    const { code, stdout } = await filling.ended;
    expect(code).toBe(105);
    expect(stdout).toMatch(/dropped [1-9]\d* packets?.*[\d,]{6,} synthetic entries deleted/);
    expect(await countEntries(filled)).toBeLessThan(50);
    expect(connect(filled)).toBe('connected');
  });

  it('ends by itself when it is killed, without any trace but entries that expire', async () => {
    const netns = namespace();
    const entries = 20_000;
    const filling = start(['fill', '--to', `${entries}`, '--for', '8s', '--kind', 'unreplied', '--netns', netns]);
    await filling.seen(/Ctrl-C ends it/);
    filling.child.kill('SIGKILL');
    await filling.ended;
    expect(await countEntries(netns)).toBeGreaterThanOrEqual(entries);
    expect(
      execFileSync('ip', ['netns', 'exec', netns, 'sh', '-c', 'head -1 /proc/net/nf_conntrack'], { encoding: 'utf8' }),
    ).toMatch(/tcp +6 (?:\d|1[0-3]) SYN_SENT src=198\.19\.\S+ dst=198\.19\.255\.254 .*\[UNREPLIED\]/);
    expect(await until(async () => (await countEntries(netns)) < 50, 13 + GC, 1)).toBe(true);
  }, 170_000);

  it('refuses what may be an outage, what does not fit, and a namespace that is not there', async () => {
    const refusals: readonly (readonly [flags: string[], message: RegExp])[] = [
      [['--to', '91%'], /is 91 % of the table.*confirm with --allow-outage/s],
      [['--to', '900m'], /the table's limit is/],
      [['--to', '10%', '--netns', 'no-such-netns'], /no network namespace no-such-netns/],
    ];
    for (const [flags, message] of refusals) {
      const { code, stderr } = await ctload('fill', '--for', '5s', ...flags);
      expect(stderr).toMatch(message);
      expect(code).toBe(2);
    }
  });
});
