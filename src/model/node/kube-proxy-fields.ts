import { KUBE_PROXY_DEFAULTS, type KubeProxyConntrack } from './kube-proxy.ts';
import { formatVersion, isAtLeast, type Version } from './version.ts';

/** The fields of `conntrack:` that are given; absent and null ones have the default of the release. */
export type KubeProxyFields = Partial<KubeProxyConntrack>;

/** The fields as one release of kube-proxy reads them. */
export interface FieldsOfRelease {
  readonly conntrack: KubeProxyConntrack;
  /** Fields that the release ignores, one sentence each. */
  readonly notes: readonly string[];
  /** Why the release does not start with these fields; null if it does. */
  readonly problem: string | null;
}

/** Fields that came with 1.29 (#120354, #120808). */
const SINCE_1_29 = ['tcpBeLiberal', 'udpTimeout', 'udpStreamTimeout'] as const;

/**
 * Fields with the defaults of a release. A field that a release does not have is ignored, with a warning in its log (lenient
 * decoding of v1alpha1; run on 1.36.3). `max` was removed in 1.16 (#78399); while it is given, even as 0, `maxPerCore` and `min`
 * have no defaults (SetDefaults_KubeProxyConfiguration), and it excludes `maxPerCore` (getConntrackMax).
 */
export function fieldsOfRelease(fields: KubeProxyFields, version: Version): FieldsOfRelease {
  const { max, ...rest } = fields;
  const release = `kube-proxy ${formatVersion(version)}`;
  const early = isAtLeast(version, 1, 29) ? [] : SINCE_1_29.filter((name) => Boolean(rest[name]));
  const known = Object.fromEntries(Object.entries(rest).filter(([name]) => !early.some((one) => one === name)));
  const conntrack = { ...KUBE_PROXY_DEFAULTS, ...known };
  const notes = early.map((name) => `${release} has no conntrack.${name} (it came with 1.29) and ignores it`);
  if (max === undefined) return { conntrack, notes, problem: null };
  if (isAtLeast(version, 1, 16)) {
    const ignored = `${release} ignores conntrack.max (removed in 1.16), with a warning in its log; use min`;
    return { conntrack, notes: max === 0 ? notes : [...notes, ignored], problem: null };
  }
  const without = { ...conntrack, maxPerCore: rest.maxPerCore ?? 0, min: rest.min ?? 0 };
  if (max === 0) return { conntrack: without, notes, problem: null };
  const both = `conntrack.max cannot be combined with conntrack.maxPerCore: ${release} does not start with both`;
  return { conntrack: { ...without, max }, notes, problem: without.maxPerCore > 0 ? both : null };
}
