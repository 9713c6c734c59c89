import { SYSCTL_FILE, sysctlLines } from './systemd.ts';
import { commented, overwrittenBy, type PlannedTable, type TargetFiles } from './target.ts';

const BOUNDARY = 'conntrack';

/**
 * User data of Amazon Linux nodes. nodeadm's NodeConfig has no sysctls, so a script sets them; managed node groups and Karpenter
 * merge their own NodeConfig into it.
 */
export function eksFiles(plan: PlannedTable): TargetFiles {
  const text = [
    'MIME-Version: 1.0',
    `Content-Type: multipart/mixed; boundary="${BOUNDARY}"`,
    '',
    `--${BOUNDARY}`,
    'Content-Type: text/x-shellscript; charset="us-ascii"',
    '',
    '#!/bin/sh',
    commented([
      'User data of a launch template (managed node group) or of an EC2NodeClass (Karpenter: spec.userData), Amazon Linux.',
      ...overwrittenBy(plan),
      'EKS: that is the ConfigMap kube-proxy-config, key config. The managed add-on overwrites it when it is updated',
      '(aws/containers-roadmap#2318): update with --resolve-conflicts PRESERVE. Then restart the DaemonSet kube-proxy.',
    ]).trimEnd(),
    'set -eu',
    'echo nf_conntrack > /etc/modules-load.d/conntrack.conf',
    `cat > /etc/sysctl.d/${SYSCTL_FILE} <<'END'`,
    `${sysctlLines(plan)}END`,
    'modprobe nf_conntrack',
    `sysctl -p /etc/sysctl.d/${SYSCTL_FILE}`,
    '',
    `--${BOUNDARY}--`,
    '',
  ].join('\n');
  return { files: { 'eks-user-data.txt': text }, remarks: [] };
}
