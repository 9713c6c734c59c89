import type { TableService } from '../../model/result/observed-load.ts';
import type { Census, ClassCounts } from './census.ts';

export interface Naming {
  /** How many services to name. */
  readonly top: number;
  nameOf(service: string): string;
}

/** The services with the most entries. */
export function topServices(
  { services, entries }: Pick<Census, 'services' | 'entries'>,
  { top, nameOf }: Naming,
): TableService[] {
  return [...services]
    .map(([service, byClass]) => ({ service, byClass, entries: total(byClass) }))
    .sort((a, b) => b.entries - a.entries || (a.service < b.service ? -1 : 1))
    .slice(0, top)
    .map((one) => ({ ...one, service: nameOf(one.service), share: one.entries / entries }));
}

export function total(counts: ClassCounts): number {
  return Object.values(counts).reduce((sum, count) => sum + count, 0);
}

/** Replaces addresses by names, the same ones by the same: `tcp 10.0.0.1:443` → `tcp address-1:443` */
export function anonymiser(): (service: string) => string {
  const names = new Map<string, string>();
  return (service) => {
    const [, protocol = '', address = '', port = ''] = /^(\S+) (.*?)(:\d+)?$/.exec(service) ?? [];
    const known = names.get(address) ?? `address-${names.size + 1}`;
    names.set(address, known);
    return `${protocol} ${known}${port}`;
  };
}
