import { type Document, parseAllDocuments } from 'yaml';
import { KUBE_PROXY_DEFAULTS, type KubeProxyConntrack } from '../model/node/kube-proxy.ts';
import { didYouMean } from '../model/suggest.ts';
import { parseDuration } from '../model/units.ts';
import { type CtloadError, messageOf, usageError } from '../platform/errors.ts';

/** kube-proxy's configuration as read from a file. */
export interface KubeProxyFile {
  readonly conntrack: KubeProxyConntrack;
  /** The KubeProxyConfiguration, to be written with other limits; it has nothing else in it if only the block was given. */
  readonly configuration: Readonly<Record<string, unknown>>;
  /** The ConfigMap around it, if it was in one, and the key of its data that contains it. */
  readonly configMap: { readonly object: Readonly<Record<string, unknown>>; readonly key: string } | null;
}

const PLAIN = { apiVersion: 'kubeproxy.config.k8s.io/v1alpha1', kind: 'KubeProxyConfiguration' };

type Fields = Readonly<Record<string, unknown>>;

const HINT =
  'paste the conntrack: block, a KubeProxyConfiguration, or the ConfigMap: kubectl -n kube-system get configmap kube-proxy -o yaml (on EKS kube-proxy-config)';
const FIELDS = Object.keys(KUBE_PROXY_DEFAULTS) as (keyof KubeProxyConntrack)[];
const LARGEST = 2 ** 31 - 1; // int32

/**
 * Reads kube-proxy's conntrack fields from a `conntrack:` block, a KubeProxyConfiguration (v1alpha1), or a ConfigMap with one
 * that contains one. Absent and null fields get kube-proxy's defaults. `fileName` is used in messages only.
 * @throws {CtloadError} exit 2 when it is none of these, or a field is not valid.
 */
export function parseKubeProxyConfig(text: string, fileName: string): KubeProxyFile {
  const found = documentsOf(text, fileName).flatMap((one) => recognise(one, fileName));
  const [only] = found;
  if (only !== undefined) return only;
  const seen = documentsOf(text, fileName).map(nameOf).join(', ');
  throw refuse(fileName, `contains no kube-proxy configuration (${seen === '' ? 'file is empty' : `found ${seen}`})`);
}

function documentsOf(text: string, fileName: string): unknown[] {
  const documents = parseAllDocuments(text, { prettyErrors: false, stringKeys: true });
  return [...documents].flatMap((document) => {
    const [error] = document.errors;
    if (error !== undefined) throw refuse(fileName, `not valid YAML: ${error.message}`);
    const data = dataOf(document, fileName);
    if (!isMap(data)) return data === null || data === undefined ? [] : [data];
    const items = data['items']; // kind: List, as `kubectl get configmap -o yaml` gives it
    return Array.isArray(items) && typeof data['kind'] === 'string' && data['kind'].endsWith('List') ? items : [data];
  });
}

/** @throws {CtloadError} exit 2 for aliases that point nowhere or expand to too much. */
function dataOf(document: Document.Parsed, fileName: string): unknown {
  try {
    return document.toJS();
  } catch (cause) {
    throw refuse(fileName, `not valid YAML: ${messageOf(cause)}`);
  }
}

function recognise(data: unknown, fileName: string): KubeProxyFile[] {
  if (!isMap(data)) return [];
  const kind = data['kind'];
  if (kind === 'ConfigMap') return inConfigMap(data, fileName);
  if (kind === 'KubeProxyConfiguration') {
    return [{ conntrack: conntrackOf(data['conntrack'], fileName), configuration: data, configMap: null }];
  }
  if (kind !== undefined) return [];
  const block = 'conntrack' in data ? data['conntrack'] : FIELDS.some((field) => field in data) ? data : undefined;
  if (block === undefined) return [];
  return [{ conntrack: conntrackOf(block, fileName), configuration: { ...PLAIN, conntrack: block }, configMap: null }];
}

function inConfigMap(data: Fields, fileName: string): KubeProxyFile[] {
  const entries = isMap(data['data']) ? Object.entries(data['data']) : [];
  return entries.flatMap(([key, text]) => {
    if (typeof text !== 'string' || !/\bKubeProxyConfiguration\b/.test(text)) return [];
    const configMap = { object: data, key };
    return documentsOf(text, `${fileName}: ${key}`)
      .flatMap((one) => recognise(one, `${fileName}: ${key}`))
      .map((file) => ({ ...file, configMap }));
  });
}

function conntrackOf(block: unknown, fileName: string): KubeProxyConntrack {
  if (block === undefined || block === null) return KUBE_PROXY_DEFAULTS;
  if (!isMap(block)) throw refuse(fileName, 'conntrack: expected a map of fields');
  const given: Record<string, number | boolean> = {};
  for (const [name, value] of Object.entries(block)) {
    const field = FIELDS.find((one) => one === name);
    if (field === undefined) {
      const near = didYouMean(name, FIELDS) || `; use ${FIELDS.join(', ')}`;
      const wrong = name === 'max' ? 'field removed from kube-proxy; use min' : `not a field of kube-proxy${near}`;
      throw refuse(fileName, `conntrack.${name}: ${wrong}`);
    }
    if (value !== null && value !== undefined) given[field] = fieldValue(field, value, fileName);
  }
  return { ...KUBE_PROXY_DEFAULTS, ...given };
}

function fieldValue(field: keyof KubeProxyConntrack, value: unknown, fileName: string): number | boolean {
  const wrong = (expected: string) => refuse(fileName, `conntrack.${field}: expected ${expected}, got ${JSON.stringify(value)}`);
  switch (
    typeof KUBE_PROXY_DEFAULTS[field] === 'boolean' ? 'flag' : field === 'maxPerCore' || field === 'min' ? 'count' : 'time'
  ) {
    case 'flag':
      if (typeof value === 'boolean') return value;
      throw wrong('true or false');
    case 'count':
      if (typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= LARGEST) return value;
      throw wrong('a whole number, at least 0');
    case 'time': {
      const seconds = value === '0' || value === 0 ? 0 : typeof value === 'string' ? parseDuration(value) : undefined;
      if (seconds !== undefined) return seconds;
      throw wrong('a duration such as 24h0m0s');
    }
  }
}

function nameOf(data: unknown): string {
  if (!isMap(data)) return 'plain text';
  const metadata = isMap(data['metadata']) ? data['metadata'] : {};
  const kind = data['kind'] === undefined ? `a map of ${Object.keys(data).slice(0, 5).join(', ')}` : `a ${plain(data['kind'])}`;
  const name = metadata['name'] === undefined ? '' : ` ${plain(metadata['name'])}`;
  const keys = isMap(data['data']) ? ` with ${Object.keys(data['data']).join(', ')}` : '';
  return `${kind}${name}${keys}`;
}

function plain(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function isMap(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function refuse(fileName: string, message: string): CtloadError {
  return usageError(`${fileName}: ${message}`, HINT);
}
