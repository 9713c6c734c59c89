import type { TargetFiles } from './target.ts';

/** The allowances of an EC2 instance that ENA counts ("Monitor network performance for your EC2 instance"). */
const METRICS = [
  'conntrack_allowance_available',
  'conntrack_allowance_exceeded',
  'pps_allowance_exceeded',
  'bw_in_allowance_exceeded',
  'bw_out_allowance_exceeded',
  'linklocal_allowance_exceeded',
];

/**
 * The CloudWatch agent's section for what `ethtool -S` shows of ENA devices: the tracking of security groups, another table than
 * that of the plan. All devices, as the agent has it without `interface_include`.
 */
export function cloudwatchFiles(): TargetFiles {
  const append = { InstanceId: ['$', '{aws:InstanceId}'].join('') };
  const section = { metrics: { append_dimensions: append, metrics_collected: { ethtool: { metrics_include: METRICS } } } };
  return {
    files: { 'cloudwatch-ethtool.json': `${JSON.stringify(section, null, 2)}\n` },
    remarks: [
      'cloudwatch-ethtool.json: amazon-cloudwatch-agent-ctl -a append-config -m ec2 -s -c file:cloudwatch-ethtool.json.',
      "It watches the security groups' own tracking, which has a limit of its own by instance type and is not raised by nf_conntrack_max; the agent does not read the kernel's table, whose alerts are in conntrack-alerts.yaml.",
    ],
  };
}
