/** Where a node's limit can be set: what `plan --write` has a file for; `cloudwatch` watches what nobody can set. */
export const PLAN_TARGETS = ['aks', 'bottlerocket', 'cloudwatch', 'eks', 'k3s', 'kops', 'systemd', 'talos'] as const;

export type PlanTarget = (typeof PLAN_TARGETS)[number];
