import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { NodeExporterRecord } from '../../../src/model/timeline/node-exporter.ts';
import { CLI, readRecords, runScenario, start, temporaryFolder, unfit } from '../support/ctload.ts';
import { install } from '../support/install.ts';
import { skipFor } from '../support/skip.ts';

const missing = install(['prometheus-node-exporter', 'prometheus-node-exporter'])
  ? undefined
  : 'needs prometheus-node-exporter, and apt cannot install it';
/** Entries that stay: nothing but the load changes the table. */
const LOAD = [
  ['--set', 'probe.nodeExporter=true', '--set', 'gateway.conntrack.method=ballast'],
  ['--set', 'floods.requests.kind=stale', '--set', 'floods.requests.duration=4s'],
].flat();

describe('a real node_exporter beside the probe', skipFor(unfit ?? missing), () => {
  it('shows what the probe samples, scrape by scrape, and leaves no trace in the table', async () => {
    const { summary, folder, stdout } = await runScenario('smoke.yaml', LOAD);
    const scrapes = readRecords(folder).filter((record): record is NodeExporterRecord => record.type === 'node-exporter');
    const inLoad = scrapes.filter(({ t }) => t >= 0);
    expect(inLoad.length).toBeGreaterThanOrEqual(4);
    const { nodeExporter } = summary;
    expect(nodeExporter, JSON.stringify(scrapes)).toMatchObject({ agreed: nodeExporter?.scrapes, largestDifference: 0 });
    expect(nodeExporter?.scrapes).toBeGreaterThanOrEqual(inLoad.length - 1); // the sampler may have ended within the last one

    // Scraped already, and nothing but ballast is in the table.
    expect(scrapes.filter(({ t }) => t < 0).map(({ entries }) => entries)).toEqual([0]);
    const last = scrapes.at(-1);
    expect(last).toMatchObject({ entries: 500, drop: summary.conntrack.drop, limit: summary.conntrack.max });
    expect(last?.drop).toBeGreaterThan(0);

    const { seen } = nodeExporter ?? {};
    expect(seen).toMatchObject({ intervalSeconds: 15, highestPeakEntries: 500 });
    expect(seen?.lowestPeakEntries).toBeLessThan(200); // of a scrape at 0 s alone
    expect(seen?.dropSeenAfterSeconds).toMatchObject({ latest: null });
    expect(seen?.dropSeenAfterSeconds?.earliest).toBeLessThan(3);
    expect(stdout.replaceAll(/\s+/g, ' ')).toMatch(
      /node_exporter [\d.]+: \d+ scrapes .*all agree with the probe\. Scraped every 15/,
    );
  });

  it('is refused with what to install where it is missing, and with drivers that cannot have it', async () => {
    const without = 'mount --bind /dev/null /usr/bin/prometheus-node-exporter && exec "$@"';
    const args = ['run', 'scenarios/smoke.yaml', '--output', join(temporaryFolder(), 'run'), ...LOAD];
    const hidden = ['unshare', '-m', 'sh', '-c', without, 'sh', process.execPath, CLI];
    const { code, stderr } = await start(args, hidden).ended;
    expect(stderr).toMatch(/missing command: prometheus-node-exporter\n.*apt-get install prometheus-node-exporter/);
    expect(code).toBe(112);
    const other = await start([...args, '--driver', 'vm']).ended;
    expect(other.stderr).toMatch(/the gateway of driver vm has no prometheus-node-exporter/);
    expect(other.code).toBe(104);
  });
});
