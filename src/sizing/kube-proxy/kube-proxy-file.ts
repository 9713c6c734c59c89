import type { SysctlWriter } from '../../model/node/kube-proxy.ts';
import type { KubeProxyFields } from '../../model/node/kube-proxy-fields.ts';
import { parseVersion, type Version } from '../../model/node/version.ts';
import { type SysctlSettings, setsAnything } from '../sysctl.ts';
import { type FieldName, readBlock, readFlag } from './fields.ts';
import { type FoundFlag, flagOfField } from './flags.ts';
import { refuse } from './refuse.ts';
import { type FoundConfiguration, Survey } from './survey.ts';
import { type Fields, nameOf, readYaml } from './yaml.ts';

/** kube-proxy's configuration as read from a file. */
export interface KubeProxyFile {
  /** The fields that are given; others have the default of the release. */
  readonly fields: KubeProxyFields;
  /** The KubeProxyConfiguration, to be written with other limits; it has nothing else in it if the file has none. */
  readonly configuration: Fields;
  /** The ConfigMap around it, if it was in one, and the key of its data that contains it. */
  readonly configMap: { readonly object: Fields; readonly key: string } | null;
  /** Whether the fields were given as flags, which a ConfigMap does not change. */
  readonly asFlags: boolean;
  /** Release of kube-proxy that the file names; null if it names none. */
  readonly version: Version | null;
  /** What in the file turns kube-proxy off; null if nothing does. */
  readonly disabledBy: string | null;
  /** iptables, ipvs, nftables …; null if it names none. */
  readonly mode: string | null;
  /** Sysctl settings in the same file. */
  readonly sysctl: SysctlSettings;
  readonly writer: SysctlWriter;
  /** What was found and how it was read, one sentence each. */
  readonly notes: readonly string[];
}

const PLAIN = { apiVersion: 'kubeproxy.config.k8s.io/v1alpha1', kind: 'KubeProxyConfiguration' };

/**
 * Reads kube-proxy's conntrack settings from a `conntrack:` block, a KubeProxyConfiguration (v1alpha1), a ConfigMap that
 * contains one, or a file with its flags: DaemonSet, static pod, systemd unit, k3s, RKE, kops, Talos, OpenShift, kind. `fileName`
 * is used in messages only.
 * @throws {CtloadError} exit 2 when it is none of these, a value is not valid, or two places contradict each other.
 */
export function parseKubeProxyConfig(text: string, fileName: string): KubeProxyFile {
  if (isDescribed(text)) {
    const hint = 'give the output of kubectl -n kube-system get configmap kube-proxy -o yaml';
    throw refuse(fileName, 'this is the output of kubectl describe, which is not YAML; use kubectl get -o yaml', hint);
  }
  const survey = new Survey();
  const yaml = readYaml(text);
  if ('documents' in yaml) for (const document of yaml.documents) survey.addDocument(document);
  else survey.addText(text, '');
  const read = settingsOf(survey, fileName);
  if (read === undefined) throw nothingIn(survey, yaml, fileName);
  return { ...read, ...switchesOf(survey, read.configuration, fileName) };
}

/** Of a ConfigMap, a DaemonSet or a Pod. */
function isDescribed(text: string): boolean {
  return [
    /^Name:\s+\S/m,
    /^(Namespace|Labels|Annotations|Selector):\s/m,
    /^(Data|BinaryData|Events|Containers|Pod Template)\b/m,
  ].every((line) => line.test(text));
}

type Settings = Pick<KubeProxyFile, 'fields' | 'configuration' | 'configMap' | 'asFlags' | 'notes'>;

function settingsOf(survey: Survey, fileName: string): Settings | undefined {
  if (survey.configurations.length > 0) return ofConfigurations(survey, fileName);
  const flags = [...survey.flags, ...survey.commands.flatMap((command) => command.flags)];
  const configured = survey.commands.find(({ config }) => config !== undefined);
  if (configured !== undefined) throw configuredElsewhere(configured.config ?? '', flags, fileName);
  if (flags.length > 0) return ofFlags(flags, survey, fileName);
  const base = baseOf(survey);
  if (survey.commands.length > 0)
    return plain(base, [`${fileName}: kube-proxy runs without conntrack flags, so its defaults apply`]);
  if (survey.distribution !== undefined || survey.disabled !== undefined) return plain(base, distributionNotes(survey, fileName));
  return undefined;
}

/** What kind (config_template.go) and Talos (k8s control plane controller) set by default. */
function baseOf({ distribution }: Survey): KubeProxyFields {
  return distribution === undefined ? {} : { maxPerCore: 0 };
}

function distributionNotes({ distribution }: Survey, fileName: string, given: KubeProxyFields = {}): string[] {
  return distribution === undefined || given.maxPerCore !== undefined
    ? []
    : [`${fileName}: ${distribution} sets kube-proxy’s maxPerCore to 0 unless it is given`];
}

function plain(fields: KubeProxyFields, notes: readonly string[]): Settings {
  return { fields, configuration: { ...PLAIN, conntrack: fields }, configMap: null, asFlags: false, notes };
}

function ofConfigurations(survey: Survey, fileName: string): Settings {
  const [first, ...others] = survey.configurations.map((found) => ({ found, block: blockOf(found, fileName) }));
  if (first === undefined) throw new Error('no configuration to choose from');
  const different = others.filter(({ block }) => JSON.stringify(block.fields) !== JSON.stringify(first.block.fields));
  if (different.length > 0) {
    const all = [first, ...different].map(({ found, block }) => `${found.place || 'the block'} (${listed(block.fields)})`);
    throw refuse(
      fileName,
      `contains ${all.length} kube-proxy configurations that differ: ${all.join(' and ')}`,
      'give the one that the nodes run with',
    );
  }
  const { found, block } = first;
  const place = found.place === '' ? fileName : `${fileName} (${found.place})`;
  const flags = [...survey.flags, ...survey.commands.flatMap((command) => command.flags)];
  return {
    fields: { ...baseOf(survey), ...block.fields },
    configuration: found.configuration,
    configMap: found.configMap,
    asFlags: false,
    notes: [
      `kube-proxy’s conntrack fields are those of ${place}: ${listed(block.fields)}`,
      ...distributionNotes(survey, fileName, block.fields),
      ...block.notes,
      ...(flags.length === 0 ? [] : [`${fileName}: a configuration file overrides flags, so kube-proxy ignores ${said(flags)}`]),
      ...skippedNotes(survey, fileName),
    ],
  };
}

function blockOf({ configuration, place }: FoundConfiguration, fileName: string): ReturnType<typeof readBlock> {
  return readBlock(configuration['conntrack'], place === '' ? fileName : `${fileName}: ${place}`);
}

function ofFlags(flags: readonly FoundFlag[], survey: Survey, fileName: string): Settings {
  const given = new Map<FieldName, { value: number | boolean; flag: FoundFlag }>();
  for (const flag of flags) {
    const value = readFlag(flag.field, flag.text, flag.flag, fileName);
    const before = given.get(flag.field);
    if (before !== undefined && before.value !== value && before.flag.path !== flag.path) {
      throw refuse(
        fileName,
        `two values for --${flag.flag}: ${before.flag.text} (${before.flag.path}) and ${flag.text} (${flag.path})`,
        'give the one that the nodes run with',
      );
    }
    given.set(flag.field, { value, flag }); // of one command line the last one applies
  }
  const fields: KubeProxyFields = Object.fromEntries([...given].map(([field, { value }]) => [field, value]));
  const paths = [...new Set(flags.map(({ path }) => path))].filter((path) => path !== '');
  const mapped = [...given].map(([field, { value, flag }]) => `--${flag.flag} ${flag.text} is ${field} ${String(value)}`);
  const place = paths.length === 0 ? fileName : `${fileName} (${paths.join(', ')})`;
  return {
    ...plain({ ...baseOf(survey), ...fields }, [
      `kube-proxy’s flags in ${place} have the same meaning as fields: ${mapped.join(', ')}`,
      ...distributionNotes(survey, fileName, fields),
      ...skippedNotes(survey, fileName),
    ]),
    asFlags: true,
  };
}

function skippedNotes({ skipped }: Survey, fileName: string): string[] {
  return skipped.length === 0 ? [] : [`${fileName}: ${skipped.join(', ')} left out, because it is for Windows nodes`];
}

function switchesOf(survey: Survey, configuration: Fields, fileName: string) {
  const version = survey.release === undefined ? undefined : parseVersion(survey.release.text);
  const mode = configuration['mode'] || survey.mode;
  return {
    version: version ?? null,
    disabledBy: survey.disabled === undefined ? null : `${fileName} (${survey.disabled})`,
    mode: typeof mode === 'string' ? mode : null,
    sysctl: survey.sysctl,
    writer: survey.writer,
  };
}

function configuredElsewhere(config: string, flags: readonly FoundFlag[], fileName: string) {
  const ignored = flags.length === 0 ? '' : `, and ignores the flags next to it (${said(flags)})`;
  return refuse(
    fileName,
    `kube-proxy reads its configuration from --config ${config}${ignored}`,
    'give that file, or the ConfigMap that it comes from: kubectl -n kube-system get configmap kube-proxy -o yaml (on EKS kube-proxy-config)',
  );
}

function nothingIn(survey: Survey, yaml: ReturnType<typeof readYaml>, fileName: string) {
  if ('error' in yaml) return refuse(fileName, `not valid YAML, and contains no flags of kube-proxy: ${yaml.error}`);
  const seen = yaml.documents.map(nameOf).join(', ');
  const windows = survey.skipped.length === 0 ? '' : '; what is for Windows nodes is left out';
  const sysctl = setsAnything(survey.sysctl) ? '; give its sysctl settings with --sysctl' : '';
  return refuse(
    fileName,
    `contains no kube-proxy configuration (${seen === '' ? 'file is empty' : `found ${seen}`}${windows}${sysctl})`,
  );
}

function listed(fields: KubeProxyFields): string {
  const given = Object.entries(fields).map(([name, value]) => `${name} ${String(value)}${unitOf(name)}`);
  return given.length === 0 ? 'kube-proxy’s defaults' : given.join(', ');
}

function unitOf(name: string): string {
  return name.endsWith('Timeout') ? ' s' : '';
}

function said(flags: readonly FoundFlag[]): string {
  return [...new Set(flags.map(({ field, text }) => `--${flagOfField(field)} ${text}`))].join(', ');
}
