/** Where a node's limit can be set: what `plan --write` has a file for. */
export const PLAN_TARGETS = ['aks', 'bottlerocket', 'eks', 'k3s', 'kops', 'systemd', 'talos'] as const;

export type PlanTarget = (typeof PLAN_TARGETS)[number];
