import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { until } from '../../../src/platform/clock.ts';
import { CLI } from './ctload.ts';

const NOTRACK = `
table ip scrapes {
  chain in { type filter hook prerouting priority raw; iifname lo notrack; }
  chain out { type filter hook output priority raw; oifname lo notrack; }
}`;
const CONFIG = (rules: string) => `
global: {scrape_interval: 1s, evaluation_interval: 1s, scrape_timeout: 1s}
rule_files: [${rules}]
scrape_configs:
- {job_name: node, static_configs: [{targets: ['127.0.0.1:9100']}]}
- {job_name: watch, static_configs: [{targets: ['127.0.0.1:9469']}]}
`;

export interface ActiveAlert {
  readonly labels: Readonly<Record<string, string>>;
  readonly state: string;
  readonly activeAt: string;
}

/**
 * Debian's Prometheus in a network namespace, scraping a node_exporter and `ctload watch` there every second, over loopback, and
 * evaluating `rules` every second. Loopback is not tracked there, so that their connections are not in the table that they show.
 */
export class Monitoring {
  readonly #netns: string;
  readonly #children: ChildProcess[];

  constructor(netns: string, folder: string, rules: string) {
    this.#netns = netns;
    const config = join(folder, 'prometheus.yml');
    writeFileSync(config, CONFIG(rules));
    execFileSync('ip', ['netns', 'exec', netns, 'nft', '-f', '-'], { input: NOTRACK });
    const on = (...argv: string[]) => spawn('ip', ['netns', 'exec', netns, ...argv], { stdio: 'ignore' });
    this.#children = [
      on('prometheus-node-exporter', '--web.listen-address=127.0.0.1:9100'),
      on(process.execPath, CLI, 'watch', '--listen', '127.0.0.1:9469', '--interval', '200ms', '--no-states', '--quiet'),
      on(
        ...['prometheus', `--config.file=${config}`, `--storage.tsdb.path=${join(folder, 'tsdb')}`],
        '--web.listen-address=127.0.0.1:9090',
      ),
    ];
  }

  /** Waits until both have been scraped. */
  async ready(): Promise<void> {
    const up = () => {
      try {
        return this.query<{ value: [number, string] }>('min_over_time(up[3s]) == 1').length === 2;
      } catch {
        return false; // it is not listening yet
      }
    };
    expect(await until(up, 30)).toBe(true);
  }

  query<T>(query: string): T[] {
    return this.#get<{ result: T[] }>(`query?query=${encodeURIComponent(query)}`).result;
  }

  /** Active alerts of a name, of the namespace itself: watch shows all others, too. */
  alerts(name: string): ActiveAlert[] {
    return this.#get<{ alerts: ActiveAlert[] }>('alerts').alerts.filter(
      ({ labels }) => labels['alertname'] === name && labels['netns'] === undefined,
    );
  }

  #get<T>(path: string): T {
    const script = `fetch('http://127.0.0.1:9090/api/v1/${path}').then((r) => r.text()).then((t) => process.stdout.write(t))`;
    const argv = ['netns', 'exec', this.#netns, process.execPath, '-e', script];
    return JSON.parse(execFileSync('ip', argv, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] })).data;
  }

  stop(): void {
    for (const child of this.#children) child.kill('SIGKILL');
  }
}
