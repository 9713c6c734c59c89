import type { Route } from '../../../model/input/lab.ts';

const EACH = /\$\{(SERVICE|ENDPOINT)\}/;

/** A configuration with addresses in it, and which line of the original each of its lines comes from (both count from 1). */
export interface FilledConfig {
  readonly text: string;
  lineOf(line: number): number;
}

/**
 * Puts addresses in the place of their names in a configuration of the user's own. A line with `${SERVICE}` or `${ENDPOINT}`
 * (ADDRESS:PORT) is repeated for each of `routes`, `${NUMBER}` counts them from 1; `${SERVICE_1}`, `${ENDPOINT_1}` … are one of
 * them, `${CLIENT}` and `${GATEWAY}` the addresses of these two. All else stays: the programs have variables of their own.
 */
export function withAddresses(
  config: string,
  { routes, client, gateway }: { readonly routes: readonly Route[]; readonly client: string; readonly gateway: string },
): FilledConfig {
  const each = routes.map(({ from, to }, i) => ({ NUMBER: String(i + 1), SERVICE: text(from), ENDPOINT: text(to) }));
  const single = each.flatMap(({ NUMBER, SERVICE, ENDPOINT }) => [
    [`SERVICE_${NUMBER}`, SERVICE],
    [`ENDPOINT_${NUMBER}`, ENDPOINT],
  ]);
  const all: Readonly<Record<string, string>> = { CLIENT: client, GATEWAY: gateway, ...Object.fromEntries(single) };
  const fill = (line: string, values: Readonly<Record<string, string>>) =>
    line.replace(/\$\{([A-Z]+(?:_\d+)?)\}/g, (name, key: string) => values[key] ?? name);
  const lines = config
    .split('\n')
    .flatMap((line, i) => (EACH.test(line) ? each : [{}]).map((one) => ({ text: fill(line, { ...all, ...one }), from: i + 1 })));
  return { text: lines.map((line) => line.text).join('\n'), lineOf: (line) => lines[line - 1]?.from ?? line };
}

function text({ address, port }: Route['from']): string {
  return `${address}:${port}`;
}
