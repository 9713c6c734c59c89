import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { parseVersion } from '../../../../src/model/node/version.ts';
import { PLAN_TARGETS, type PlanTarget } from '../../../../src/model/result/plan/plan-targets.ts';
import { targetFiles } from '../../../../src/report/plan/targets/targets.ts';
import { makePlan } from '../../../../src/session/plan.ts';
import type { NodeFlags } from '../../../../src/session/planning/planned-node.ts';
import { parseKubeProxyConfig } from '../../../../src/sizing/kube-proxy/kube-proxy-file.ts';
import { readSysctlFile } from '../../../../src/sizing/sysctl.ts';
import { planRequest } from '../../../fixtures/planned.ts';

/** A load that no default limit holds: 640,000 entries and the headroom. */
const LOAD = { traffic: { websockets: 640_000 } };

function planned(node: Partial<NodeFlags> = {}) {
  return makePlan(planRequest({ instanceTypes: ['m5.large'], kubeProxyVersion: parseVersion('1.29') ?? 'none', ...node }, LOAD))
    .plan;
}

function written(target: PlanTarget, node: Partial<NodeFlags> = {}) {
  const [one] = targetFiles(planned(node), [target]);
  return { remarks: one?.remarks ?? [], files: one?.files ?? {} };
}

/** The limit that a node has with these files, by the reader of --kube-proxy-config or --sysctl. */
function limitWith(node: Partial<NodeFlags>) {
  const { limit, load } = planned(node);
  return { max: limit.max, buckets: limit.buckets, keepsHeadroom: load.keepsHeadroom };
}

const NEEDED = { max: planned().recommend.max, buckets: planned().recommend.buckets, keepsHeadroom: true };

describe('plan --write', () => {
  it('is needed: the default limit does not hold the load', () => {
    expect(planned().load.holds).toBe(false);
  });

  it.each([
    ['talos', 'talos-conntrack.yaml'],
    ['kops', 'kops-conntrack.yaml'],
  ] as const)('gives a node of %s the recommended table', (target, name) => {
    expect(limitWith({ kubeProxyFile: parseKubeProxyConfig(written(target).files[name] ?? '', name) })).toEqual(NEEDED);
  });

  it('gives one of k3s the recommended table: the limit by its arguments, the buckets by sysctl', () => {
    const { files } = written('k3s');
    const kubeProxyFile = parseKubeProxyConfig(files['k3s-conntrack.yaml'] ?? '', 'k3s-conntrack.yaml');
    const sysctl = readSysctlFile(files['90-conntrack.conf'] ?? '', '90-conntrack.conf');
    expect(limitWith({ kubeProxyFile, sysctl })).toEqual(NEEDED);
    expect(limitWith({ kubeProxyFile }).buckets).toBeLessThan(NEEDED.buckets);
  });

  it.each([
    ['systemd', '90-conntrack.conf'],
    ['eks', 'eks-user-data.txt'],
    ['bottlerocket', 'bottlerocket.toml'],
  ] as const)('sets it by sysctl on %s, and says that kube-proxy 1.29 overwrites it', (target, name) => {
    const text = written(target).files[name] ?? '';
    const sysctl = readSysctlFile(text, name);
    expect(limitWith({ sysctl, kubeProxyVersion: 'none' })).toEqual(NEEDED);
    expect(limitWith({ sysctl }).max).toBe(131_072);
    expect(text).toContain('# kube-proxy 1.29 overwrites nf_conntrack_max when it starts');
    expect(written(target, { kubeProxyVersion: 'none' }).files[name]).not.toContain('kube-proxy 1.29');
  });

  it('loads the module before the keys are set at boot, where the distribution does not', () => {
    expect(written('systemd').files['conntrack-modules.conf']).toMatch(/^nf_conntrack$/m);
    expect(written('bottlerocket').files['bottlerocket.toml']).toMatch(
      /\[settings.kernel.modules.nf_conntrack\]\n.*\nautoload = true/,
    );
    expect(written('eks').files['eks-user-data.txt']).toMatch(/modules-load\.d[\s\S]*\nmodprobe nf_conntrack\nsysctl -p /);
    expect(parse(written('kops').files['kops-conntrack.yaml'] ?? '').spec.fileAssets[0].content).toBe('nf_conntrack\n');
  });

  it('keeps to what AKS accepts, and says what that falls short of', () => {
    const { files, remarks } = written('aks');
    const sysctl = readSysctlFile(files['aks-linuxosconfig.json'] ?? '', 'aks-linuxosconfig.json');
    expect(sysctl).toMatchObject({ max: NEEDED.max, buckets: 524_288 });
    expect(remarks.join('\n')).toContain('at most 524,288 buckets, fewer than the');
    expect(remarks.join('\n')).not.toContain('at most 2,097,152 entries');
    const [more] = targetFiles(makePlan(planRequest({ instanceTypes: ['m5.large'] }, { traffic: { websockets: 2e6 } })).plan, [
      'aks',
    ]);
    expect(JSON.parse(more?.files['aks-linuxosconfig.json'] ?? '').sysctls.netNetfilterNfConntrackMax).toBe(2_097_152);
    expect(more?.remarks.join('\n')).toContain('at most 2,097,152 entries');
  });

  it('watches the allowances of ENA by the CloudWatch agent, and says that they are another table', () => {
    const { files, remarks } = written('cloudwatch');
    const { metrics } = JSON.parse(files['cloudwatch-ethtool.json'] ?? '');
    expect(metrics.metrics_collected.ethtool.metrics_include).toEqual(
      expect.arrayContaining(['conntrack_allowance_available', 'conntrack_allowance_exceeded']),
    );
    expect(remarks.join(' ')).toContain('not raised by nf_conntrack_max');
  });

  it('has files of different names for all targets', () => {
    const names = targetFiles(planned(), PLAN_TARGETS).flatMap(({ target, files }) =>
      target === 'k3s' ? [] : Object.keys(files),
    );
    expect(new Set(names).size).toBe(names.length);
  });
});
