import { count } from '../../model/format.ts';
import type { Summary } from '../../model/result/summary.ts';

const MOST_LISTED = 3;

/** The program that is the gateway's proxy, and what it complained of; nothing where there is none. */
export function proxyLine({ proxy, environment }: Summary): [string, string][] {
  if (proxy === undefined) return [];
  const { implementation, keepAlive, complaints } = proxy;
  const how =
    keepAlive === undefined
      ? 'with the scenario’s own configuration'
      : `keep-alive towards the backend ${keepAlive ? 'on' : 'off'}`;
  const said = Object.entries(complaints ?? {}).sort(([, a], [, b]) => b - a);
  const errors =
    complaints === null
      ? ''
      : said.length === 0
        ? '; it wrote no error'
        : `; it wrote: ${said
            .slice(0, MOST_LISTED)
            .map(([what, times]) => `"${what}" ${count(times)} times`)
            .join(', ')}`;
  return [['Proxy', `${implementation} ${environment.tools[implementation] ?? ''}, ${how}${errors}`]];
}
