import { INSTANCE_TYPES, type InstanceType } from '../../model/node/instance-types.ts';
import type { Requirement, TypeLimit } from '../../model/result/plan/plan.ts';

/** nf_conntrack_max of a node of some instance type. */
export type LimitRule = (type: InstanceType) => number;

const MIB = 2 ** 20;

/** General purpose, compute and memory families, which gateways run on; the others are made for their disks or accelerators. */
const COMMON = /^[tmcr]\d/;

/**
 * Common current (Nitro) EC2 types with the fewest cores, then the least memory, whose limit is at least `max`; empty when the rule
 * is unknown.
 */
export function smallestTypes(limitOf: LimitRule | undefined, max: number): string[] {
  if (limitOf === undefined) return [];
  const fit = INSTANCE_TYPES.filter((type) => type.nitro && COMMON.test(type.name) && limitOf(type) >= max);
  const cores = Math.min(...fit.map((one) => one.cores));
  const memory = Math.min(...fit.filter((one) => one.cores === cores).map((one) => one.memoryBytes));
  return fit.filter((one) => one.cores === cores && one.memoryBytes === memory).map(({ name }) => name);
}

/** Requirements for those of the requested types that hold the load; empty when none does. */
export function fromList(limits: readonly TypeLimit[]): Requirement[] {
  const fit = limits.filter(({ keepsHeadroom }) => keepsHeadroom).map(({ instanceType }) => instanceType);
  return fit.length === 0 ? [] : [{ key: 'node.kubernetes.io/instance-type', operator: 'In', values: fit }];
}

/**
 * A lower bound on cores or on memory above which every type of the catalogue has a limit of at least `max`; of the two, the one
 * that leaves more types. Empty when every type is large enough, or none.
 */
export function fromCatalogue(limitOf: LimitRule | undefined, max: number): Requirement[] {
  if (limitOf === undefined) return [];
  const small = INSTANCE_TYPES.filter((type) => limitOf(type) < max);
  if (small.length === 0) return [];
  const bounds = [
    bound('karpenter.k8s.aws/instance-cpu', small, (type) => type.cores),
    bound('karpenter.k8s.aws/instance-memory', small, (type) => type.memoryBytes / MIB),
  ];
  const [best] = bounds.filter(({ left }) => left > 0).sort((a, b) => b.left - a.left);
  return best === undefined ? [] : [best.requirement];
}

function bound(key: string, small: readonly InstanceType[], value: (type: InstanceType) => number) {
  const most = Math.max(...small.map(value));
  const left = INSTANCE_TYPES.filter((type) => value(type) > most).length;
  return { left, requirement: { key, operator: 'Gt', values: [String(most)] } as const };
}
