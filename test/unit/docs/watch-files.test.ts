import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { watchMetrics } from '../../../src/report/watch/watch-metrics.ts';
import { ROOT } from '../../docs/pages.ts';
import { parseOnly } from '../../fixtures/program.ts';
import { watchSample } from '../../fixtures/watched.ts';

const read = (name: string) => readFileSync(join(ROOT, 'docker/watch', name), 'utf8');
const FUNCTIONS = new Set(['rate', 'sum', 'by', 'instance', 'state']);

describe('the files that come with watch', () => {
  it('the unit calls it with flags that there are', async () => {
    const [, words = ''] = /^ExecStart=\/usr\/bin\/env ctload (.*)$/m.exec(read('ctload-watch.service')) ?? [];
    const { verb, flags } = await parseOnly(words.split(' '));
    expect([verb, flags['quiet'], flags['listen']]).toEqual(['watch', true, { host: '127.0.0.1', port: 9469 }]);
  });

  it('so does the DaemonSet, which sees the tables of the node and its pods', async () => {
    const [, daemonSet] = parseAllDocuments(read('daemonset.yaml')).map((one) => one.toJS());
    const { spec } = daemonSet.spec.template;
    const [container] = spec.containers;
    const { verb, flags } = await parseOnly(container.args.map((word: string) => word.replace('$(HOST_IP)', '192.0.2.1')));
    expect([verb, flags['listen']]).toEqual(['watch', { host: '192.0.2.1', port: 9469 }]);
    expect(container.ports[0].containerPort).toBe(9469);
    expect(spec).toMatchObject({ hostNetwork: true, hostPID: true, automountServiceAccountToken: false });
    expect(container.securityContext).toMatchObject({ readOnlyRootFilesystem: true, allowPrivilegeEscalation: false });
  });

  it('the dashboard asks for metrics and labels that watch has', () => {
    const metrics = watchMetrics(watchSample(), 'text');
    const names = new Set([...metrics.matchAll(/^# TYPE (\S+) /gm)].map(([, name = '']) => name));
    const labels = new Set([...metrics.matchAll(/[{,](\w+)="/g)].map(([, name = '']) => name));
    const { panels } = JSON.parse(read('grafana-dashboard.json'));
    const targets: { expr: string; legendFormat: string }[] = panels.flatMap((panel: { targets: unknown[] }) => panel.targets);
    expect(targets.length).toBeGreaterThan(5);
    for (const { expr, legendFormat } of targets) {
      const words = expr.replace(/\{[^}]*\}|\[[^\]]*\]/g, '').match(/[a-z]\w+/g) ?? [];
      const asked = words.filter((word) => !FUNCTIONS.has(word));
      expect(asked.length).toBeGreaterThan(0);
      for (const name of asked) expect(names).toContain(name);
      const shown = [...legendFormat.matchAll(/\{\{(\w+)\}\}/g)].map(([, name = '']) => name);
      for (const label of shown) expect([...labels, 'instance']).toContain(label);
    }
  });
});
