import type { TableGrowth } from '../../model/result/observed-load.ts';
import { type Census, CLASSES } from './census.ts';
import { type Naming, total } from './services.ts';

/** How a table grew between two listings, in entries per second. */
export function growthOf(before: Census, after: Census, seconds: number, { top, nameOf }: Naming): TableGrowth {
  const perSecond = (entries: number) => entries / seconds;
  const classes = CLASSES.map((name) => [name, perSecond(after.left[name].entries - before.left[name].entries)] as const);
  const services = [...after.services]
    .map(([service, counts]) => {
      const earlier = before.services.get(service) ?? {};
      return {
        service,
        entries: perSecond(total(counts) - total(earlier)),
        established: perSecond((counts.established ?? 0) - (earlier.established ?? 0)),
      };
    })
    .filter(({ entries, established }) => entries > 0 || established > 0)
    .sort((a, b) => b.established - a.established || b.entries - a.entries);
  return {
    seconds,
    entries: perSecond(after.entries - before.entries),
    byClass: Object.fromEntries(classes.filter(([, rate]) => rate !== 0)),
    services: services.slice(0, top).map((one) => ({ ...one, service: nameOf(one.service) })),
  };
}
