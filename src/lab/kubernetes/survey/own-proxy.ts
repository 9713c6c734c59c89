import type { OwnProxy } from '../../../model/result/plan/node-reading.ts';
import { messageOf } from '../../../platform/errors.ts';
import { execute, type Host } from '../../../platform/exec.ts';

/** Where kube-proxy serves its state, unless `metricsBindAddress` says otherwise: to the node itself only. */
const ADDRESS = '127.0.0.1:10249';

/** One connection for all, so that the node's table gets one entry. */
const ASK = `const ask = async (path) => {
  const answer = await fetch('http://${ADDRESS}/' + path, { signal: AbortSignal.timeout(2000) });
  const text = await answer.text();
  return answer.ok ? text : '';
};
(async () => {
  const mode = await ask('proxyMode');
  const configz = await ask('configz');
  const build = /kubernetes_build_info\\{[^}]*git_version="([^"]*)"/.exec(await ask('metrics'));
  console.log(JSON.stringify({ mode, configz, version: build ? build[1] : '' }));
})().catch((error) => console.log(JSON.stringify({ why: String(error.cause ? error.cause.code || error.cause : error) })));`;

/** Asks kube-proxy from the node's own network namespace. A text says why it did not answer. */
export async function askProxy(host: Host): Promise<OwnProxy | string> {
  try {
    const answer = JSON.parse(await execute(['node', '-e', ASK], { host })) as Record<string, string>;
    const { why, mode = '', configz = '', version = '' } = answer;
    if (why !== undefined) return `no kube-proxy answers at ${ADDRESS} of the node (${why})`;
    return { version, mode: mode.trim(), conntrack: conntrackOf(configz) };
  } catch (error) {
    return `kube-proxy was not asked: ${messageOf(error)}`;
  }
}

/**
 * The section in what `/configz` shows: a KubeProxyConfiguration (read on 1.36.3), in older releases kube-proxy's internal type, whose
 * keys are Go's names (`MaxPerCore`, `TCPBeLiberal`).
 */
export function conntrackOf(configz: string): Readonly<Record<string, unknown>> {
  const [config] = Object.values(parsed(configz)) as (Sections | undefined)[];
  const found = config?.Linux?.Conntrack ?? config?.Conntrack ?? config?.conntrack ?? {};
  return Object.fromEntries(Object.entries(found).flatMap(([name, value]) => (value === null ? [] : [[fileName(name), value]])));
}

type Section = Readonly<Record<string, unknown>>;
interface Sections {
  readonly Linux?: { readonly Conntrack?: Section };
  readonly Conntrack?: Section;
  readonly conntrack?: Section;
}

function parsed(text: string): object {
  try {
    return JSON.parse(text) ?? {};
  } catch {
    return {}; // an older one that has no /configz
  }
}

/** `TCPBeLiberal` → `tcpBeLiberal`, `MaxPerCore` → `maxPerCore`. */
function fileName(name: string): string {
  return name.replace(/^(?:[A-Z]+(?=[A-Z][a-z])|[A-Z])/, (start) => start.toLowerCase());
}
