import type { SysctlWriter } from '../../model/node/kube-proxy.ts';
import { isConntrackKey, NO_SYSCTL, readSysctlEntry, type SysctlSettings } from '../sysctl.ts';
import { FIELDS } from './fields.ts';
import { argumentIn, type FoundFlag, flagOfKey, flagsInText } from './flags.ts';
import { type Fields, isMap, nameOf, plain, readYaml } from './yaml.ts';

/** A KubeProxyConfiguration, or a `conntrack:` block, and where it is. */
export interface FoundConfiguration {
  readonly place: string;
  readonly configuration: Fields;
  /** The ConfigMap around it, and the key of its data that contains it. */
  readonly configMap: { readonly object: Fields; readonly key: string } | null;
}

/** A command line of kube-proxy. */
export interface FoundCommand {
  readonly path: string;
  /** File its configuration comes from. */
  readonly config: string | undefined;
  readonly flags: readonly FoundFlag[];
}

const PLAIN = { apiVersion: 'kubeproxy.config.k8s.io/v1alpha1', kind: 'KubeProxyConfiguration' };
const RELEASE_KEYS = ['kubernetesVersion', 'kubernetes_version', 'kube_version'];
const MODE_KEYS = ['proxyMode', 'kubeProxyMode', 'kube_proxy_mode', 'proxy-mode'];
const IMAGE = /(?:kube-proxy(?:-[a-z0-9]+)?|kindest\/node|rancher\/k3s):(v?\d+\.\d+\.\d+)/;
const SKIPPED_KEYS = ['metadata', 'status']; // annotations hold an older copy of the same object

/**
 * What a file contains of kube-proxy, anywhere in it: the names of kube-proxy's flags and fields are unique, so one walk reads
 * DaemonSets, static pods, kops, Talos, k3s, RKE, k0s, OpenShift, kubespray and kind alike.
 */
export class Survey {
  readonly configurations: FoundConfiguration[] = [];
  readonly commands: FoundCommand[] = [];
  readonly flags: FoundFlag[] = [];
  readonly skipped: string[] = [];
  sysctl: SysctlSettings = NO_SYSCTL;
  /** Release as written in the file, and where. */
  release: { readonly text: string; readonly path: string } | undefined;
  mode: string | undefined;
  /** Path of what turns kube-proxy off. */
  disabled: string | undefined;
  /** Whose defaults apply: kind and Talos turn the limit off (maxPerCore 0). */
  distribution: 'kind' | 'Talos' | undefined;
  writer: SysctlWriter = 'kube-proxy';

  /** One YAML document. */
  addDocument(data: unknown): void {
    if (!isMap(data)) this.addText(plain(data), '');
    else if (isForWindows(data)) this.skipped.push(nameOf(data).replace(/^a /, ''));
    else this.#addMap(data);
  }

  #addMap(data: Fields): void {
    if (plain(data['apiVersion']).startsWith('kind.x-k8s.io')) this.distribution = 'kind';
    if (isTalos(data)) this.distribution = 'Talos';
    const kind = data['kind'];
    if (kind !== undefined) this.#visit(data, [`${nameOf({ ...data, data: undefined }).replace(/^a /, '')}:`]);
    else if ('conntrack' in data) this.#addBlock(data['conntrack'], [], data['mode']);
    else if (FIELDS.some((field) => field in data)) this.#addBlock(data, []);
    else this.#visit(data, []);
  }

  /** Plain text: a systemd unit, a file of arguments. */
  addText(text: string, path: string): void {
    if (text.includes('kube-proxy-arg')) this.writer = 'k3s';
    const flags = flagsInText(text, path);
    this.mode ??= argumentIn(text, 'proxy-mode');
    const isCommand = /(^|[\s"'/=])kube-proxy(\s|$)/m.test(text);
    if (isCommand) this.commands.push({ path, config: argumentIn(text, 'config'), flags });
    else this.flags.push(...flags);
  }

  #visit(value: unknown, path: readonly string[]): void {
    if (typeof value === 'string') this.#visitText(value, path);
    else if (Array.isArray(value)) this.#visitList(value, path);
    else if (isMap(value)) this.#visitMap(value, path);
  }

  #visitText(text: string, path: readonly string[]): void {
    if (!/conntrack|KubeProxyConfiguration|kube-proxy/.test(text)) return;
    const yaml = text.includes('\n') ? readYaml(text) : { error: '' };
    if ('documents' in yaml && yaml.documents.every(isMap)) {
      for (const document of yaml.documents) this.#visit(document, path);
    } else if (/conntrack-/.test(text)) this.addText(text, placeOf(path));
  }

  #visitList(list: readonly unknown[], path: readonly string[]): void {
    const words = list.filter(isWord);
    if (words.some((word) => /conntrack-|proxy-mode/.test(plain(word)))) this.addText(words.join(' '), placeOf(path));
    for (const word of words) this.#addSysctlWord(plain(word), path);
    for (const [i, item] of list.entries()) if (!isWord(item)) this.#visit(item, [...path, String(i)]);
  }

  #visitMap(map: Fields, path: readonly string[]): void {
    if (map['kind'] === 'KubeProxyConfiguration') this.#addConfiguration(map, path, null);
    else if (map['kind'] === 'ConfigMap') this.#visitConfigMap(map, path);
    else this.#visitEntries(map, path);
  }

  #visitEntries(map: Fields, path: readonly string[]): void {
    const isContainer = Array.isArray(map['command']) || Array.isArray(map['args']);
    if (isContainer) this.#addContainer(map, path);
    this.#noteSwitches(map, path);
    for (const [key, value] of Object.entries(map)) {
      if (SKIPPED_KEYS.includes(key) || (isContainer && (key === 'command' || key === 'args'))) continue;
      this.#visitEntry(key, value, path);
    }
  }

  #visitEntry(key: string, value: unknown, path: readonly string[]): void {
    const inside = [...path, key];
    const known = flagOfKey(key);
    const last: unknown = Array.isArray(value) ? value.at(-1) : value; // OpenShift has lists
    if (/^kube-proxy-arg\+?$/.test(key)) this.writer = 'k3s';
    if (known !== undefined && isScalar(last)) this.flags.push({ ...known, text: String(last), path: placeOf(inside) });
    else if (isConntrackKey(key) && isScalar(value)) this.#addSysctl(key, String(value), path);
    else if (key === 'conntrack' && isMap(value) && FIELDS.some((field) => field in value)) this.#addBlock(value, inside);
    else this.#visit(value, inside);
  }

  #visitConfigMap(object: Fields, path: readonly string[]): void {
    const entries = isMap(object['data']) ? Object.entries(object['data']) : [];
    for (const [key, text] of entries) {
      if (typeof text !== 'string') continue;
      const yaml = /\bKubeProxyConfiguration\b/.test(text) ? readYaml(text) : undefined;
      const documents = yaml !== undefined && 'documents' in yaml ? yaml.documents : [];
      const found = documents.filter((one) => isMap(one) && one['kind'] === 'KubeProxyConfiguration') as Fields[];
      for (const one of found) this.#addConfiguration(one, [...path, key], { object, key });
      if (found.length === 0) this.#visitText(text, [...path, key]);
    }
  }

  #addConfiguration(configuration: Fields, path: readonly string[], configMap: FoundConfiguration['configMap']): void {
    if (configuration['mode'] === 'kernelspace') this.skipped.push(placeOf(path) || 'a KubeProxyConfiguration');
    else this.configurations.push({ place: placeOf(path), configuration, configMap });
  }

  #addBlock(block: unknown, path: readonly string[], mode?: unknown): void {
    const configuration = { ...PLAIN, ...(mode === undefined ? {} : { mode }), conntrack: block };
    this.configurations.push({ place: placeOf(path), configuration, configMap: null });
  }

  #addContainer({ command, args, image }: Fields, path: readonly string[]): void {
    const words = [command, args].flatMap((list) => (Array.isArray(list) ? list.map(String) : [])).join(' ');
    const flags = flagsInText(words, placeOf(path));
    if (/(^|[\s/"'])kube-proxy(\s|$)/.test(words) || /\/kube-proxy\b/.test(plain(image)) || flags.length > 0) {
      this.mode ??= argumentIn(words, 'proxy-mode');
      this.commands.push({ path: placeOf(path), config: argumentIn(words, 'config'), flags });
    }
  }

  /** Release, mode, and whether kube-proxy is turned off. */
  #noteSwitches(map: Fields, path: readonly string[]): void {
    for (const [key, value] of Object.entries(map)) {
      const at = placeOf([...path, key]);
      const release = releaseIn(key, value);
      if (release !== undefined) this.release ??= { text: release, path: at };
      const isMode = MODE_KEYS.includes(key) || (key === 'mode' && path.at(-1) === 'proxy');
      if (isMode && value === 'none') this.disabled ??= at;
      else if (isMode) this.mode ??= plain(Array.isArray(value) ? value.at(-1) : value);
      const isSection = /^(kubeProxy|kube_proxy|kube-proxy|proxy)$/.test(key) && isMap(value);
      if (isSection && (value['disabled'] === true || value['enabled'] === false)) this.disabled ??= at;
      if (/^(disable-kube-proxy|kube_proxy_remove)$/.test(key) && value === true) this.disabled ??= at;
    }
  }

  #addSysctl(key: string, value: string, path: readonly string[]): void {
    this.sysctl = readSysctlEntry(this.sysctl, key, value, placeOf(path));
  }

  /** kops has `sysctlParameters: [key=value]`. */
  #addSysctlWord(word: string, path: readonly string[]): void {
    const [key = '', value] = word.split('=').map((part) => part.trim());
    if (value !== undefined && isConntrackKey(key)) this.#addSysctl(key, value, path);
  }
}

/** A release of Kubernetes: of a kube-proxy, a kind node, k3s, or the one a cluster is to have. */
function releaseIn(key: string, value: unknown): string | undefined {
  if (typeof value !== 'string') return undefined;
  if (RELEASE_KEYS.includes(key) || (key === 'version' && /^v1\.\d+\.\d+/.test(value))) return value;
  return key === 'image' ? IMAGE.exec(value)?.[1] : undefined;
}

function isForWindows(data: Fields): boolean {
  const metadata = isMap(data['metadata']) ? data['metadata'] : {};
  return /windows/i.test(plain(metadata['name'] ?? ''));
}

/** A machine configuration: https://www.talos.dev, v1alpha1. */
function isTalos({ kind, machine, cluster }: Fields): boolean {
  const proxy = isMap(cluster) ? cluster['proxy'] : undefined;
  return kind === undefined && (isMap(proxy) || (isMap(machine) && isMap(cluster)));
}

/** One line of text, or a number. */
function isWord(value: unknown): value is string | number | boolean {
  return isScalar(value) && !String(value).includes('\n');
}

function isScalar(value: unknown): value is string | number | boolean {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
}

/** `DaemonSet kube-proxy: spec.template.spec.containers.0`; the first item ends with a colon when it names the document. */
function placeOf(path: readonly string[]): string {
  const [first = '', ...rest] = path;
  if (!first.endsWith(':')) return path.join('.');
  return rest.length === 0 ? first.slice(0, -1) : `${first} ${rest.join('.')}`;
}
