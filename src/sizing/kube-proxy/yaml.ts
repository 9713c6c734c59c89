import { parseAllDocuments } from 'yaml';

export type Fields = Readonly<Record<string, unknown>>;

export function isMap(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The documents in `text`, each item of a list as one; the message of the first error if it is not valid YAML. */
export function readYaml(text: string): { readonly documents: readonly unknown[] } | { readonly error: string } {
  const parsed = parseAllDocuments(text, { prettyErrors: false, stringKeys: true });
  const data: unknown[] = [];
  for (const document of [...parsed]) {
    const [error] = document.errors;
    if (error !== undefined) return { error: error.message };
    try {
      data.push(...itemsOf(document.toJS()));
    } catch (cause) {
      return { error: cause instanceof Error ? cause.message : String(cause) }; // too many aliases
    }
  }
  return { documents: data };
}

/** kind: List, as `kubectl get configmap -o yaml` gives it. */
function itemsOf(data: unknown): unknown[] {
  if (data === null || data === undefined) return [];
  const items = isMap(data) && typeof data['kind'] === 'string' && data['kind'].endsWith('List') ? data['items'] : undefined;
  return Array.isArray(items) ? items : [data];
}

/** What a document is, for a message: `a DaemonSet kube-proxy`. */
export function nameOf(data: unknown): string {
  if (!isMap(data)) return 'plain text';
  const metadata = isMap(data['metadata']) ? data['metadata'] : {};
  const kind = data['kind'] === undefined ? `a map of ${Object.keys(data).slice(0, 5).join(', ')}` : `a ${plain(data['kind'])}`;
  const name = metadata['name'] === undefined ? '' : ` ${plain(metadata['name'])}`;
  const keys = isMap(data['data']) ? ` with ${Object.keys(data['data']).join(', ')}` : '';
  return `${kind}${name}${keys}`;
}

/** A value as text; String() would call a `toString` that a map has of its own. */
export function plain(value: unknown): string {
  return typeof value === 'object' ? (JSON.stringify(value) ?? '') : String(value);
}
