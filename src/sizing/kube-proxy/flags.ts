import type { FieldName } from './fields.ts';

/** A flag of kube-proxy as found in a file. */
export interface FoundFlag {
  readonly field: FieldName;
  /** As kube-proxy calls it, without dashes. */
  readonly flag: string;
  readonly text: string;
  /** Path in the file; empty for a file of plain text. */
  readonly path: string;
}

/** Flags that have the same meaning as a field (cmd/kube-proxy/app/options.go); `conntrack-max` up to 1.15. */
const FLAGS: Readonly<Record<string, FieldName>> = {
  'conntrack-max': 'max',
  'conntrack-max-per-core': 'maxPerCore',
  'conntrack-min': 'min',
  'conntrack-tcp-timeout-established': 'tcpEstablishedTimeout',
  'conntrack-tcp-timeout-close-wait': 'tcpCloseWaitTimeout',
  'conntrack-tcp-be-liberal': 'tcpBeLiberal',
  'conntrack-udp-timeout': 'udpTimeout',
  'conntrack-udp-timeout-stream': 'udpStreamTimeout',
};

/** kubespray's variables whose words are in another order. */
const OTHER_NAMES: Readonly<Record<string, string>> = {
  'conntrack-tcp-established-timeout': 'conntrack-tcp-timeout-established',
  'conntrack-tcp-close-wait-timeout': 'conntrack-tcp-timeout-close-wait',
};

/**
 * The flag a key stands for: `conntrack-min`, `--conntrack-min`, `conntrackMin` (kops), `kube_proxy_conntrack_min` (kubespray).
 */
export function flagOfKey(key: string): { readonly flag: string; readonly field: FieldName } | undefined {
  const words = key
    .replace(/^--?/, '')
    .replace(/^kube[-_]proxy[-_]/, '')
    .replaceAll('_', '-')
    .replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
  const flag = OTHER_NAMES[words] ?? words;
  const field = Object.hasOwn(FLAGS, flag) ? FLAGS[flag] : undefined;
  return field && { flag, field };
}

/** The flag with the same meaning as a field, for messages. */
export function flagOfField(field: FieldName): string {
  return Object.keys(FLAGS).find((flag) => FLAGS[flag] === field) ?? field;
}

const IN_TEXT = /(?:^|[\s"'=])-{0,2}(conntrack-[a-z-]+)(?:(?:=|\s+(?!-))["']?([^\s"',\\]+))?/g;

/** Flags in a command line, a systemd unit or a file of arguments; a flag without a value is `true`. */
export function flagsInText(text: string, path: string): FoundFlag[] {
  return [...withoutComments(text).matchAll(IN_TEXT)].flatMap(([, name = '', value = 'true']) => {
    const known = flagOfKey(name);
    return known === undefined ? [] : [{ ...known, text: value, path }];
  });
}

/** The value of `--name=value` or `--name value` in such a text. */
export function argumentIn(text: string, name: string): string | undefined {
  const [, value] = new RegExp(`(?:^|[\\s"'=])-{0,2}${name}(?:=|\\s+)["']?([^\\s"',\\\\]+)`).exec(withoutComments(text)) ?? [];
  return value;
}

function withoutComments(text: string): string {
  return text.replace(/^\s*[#;].*$/gm, '');
}
