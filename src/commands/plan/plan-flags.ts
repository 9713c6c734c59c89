import { type Command, InvalidArgumentError, Option } from 'commander';
import { TIMEOUT_NAMES } from '../../model/input/timeouts.ts';
import { ASSUMED_KERNEL, type Bits } from '../../model/node/kernel.ts';
import { ASSUMED_KUBE_PROXY } from '../../model/node/kube-proxy.ts';
import { PLAN_DATAPLANES, type PlanDataplane } from '../../model/node/traffic.ts';
import { formatVersion, parseVersion, type Version } from '../../model/node/version.ts';
import { formatBytes, parseQuantity, QUANTITY_EXAMPLES } from '../../model/quantity.ts';
import { didYouMean } from '../../model/suggest.ts';
import { parseCount, parseDuration } from '../../model/units.ts';
import type { PlanOptions } from './plan.ts';
import { PLAN_FORMATS, type PlanFormat } from './plan-formats.ts';

const LARGEST = 2 ** 31 - 1; // nf_conntrack_max and _buckets are ints

export interface PlanFlags {
  readonly cores?: number;
  readonly memory?: number;
  readonly memTotal?: number;
  readonly kernel?: Version;
  readonly bits: Bits;
  readonly hashsize?: number;
  readonly kubeProxyVersion?: Version | 'none';
  readonly kubeProxyConfig?: string;
  readonly instanceType: readonly string[];
  readonly here: boolean;
  readonly rate?: number;
  readonly lifetime?: number;
  readonly websockets?: number;
  readonly leakRate?: number;
  readonly dnsQps?: number;
  readonly keepaliveRequests: number;
  readonly peakFactor: number;
  readonly replicas: number;
  readonly dataplane?: PlanDataplane;
  readonly timeout: Readonly<Record<string, number>>;
  readonly headroom: number;
  readonly alertMinutes: number;
  readonly from?: string;
  readonly verify: boolean;
  readonly output?: string;
  readonly quiet: boolean;
  readonly format: PlanFormat;
  readonly json: boolean;
}

/** Adds what is special to `ctload plan`. */
export function planFlags(command: Command): Command {
  return command
    .option('--cores <n>', 'CPU cores of the node', whole({ min: 1, max: 4096 }))
    .option('--memory <size>', 'what the machine is sold with, e.g. 8Gi', memory)
    .option('--mem-total <size>', 'what its kernel calls MemTotal, e.g. 995612Ki', memory)
    .option('--kernel <version>', `kernel of the node (default: ${formatVersion(ASSUMED_KERNEL)})`, version)
    .addOption(new Option('--bits <n>', 'word size of the kernel').choices(['32', '64']).default(64, '64').argParser(bits))
    .option('--hashsize <n>', 'module parameter nf_conntrack.hashsize', whole({ min: 1, max: LARGEST }))
    .option(
      '--kube-proxy-version <version>',
      `release of kube-proxy, or none (default: ${formatVersion(ASSUMED_KUBE_PROXY)})`,
      versionOrNone,
    )
    .option('--kube-proxy-config <file>', 'conntrack: block, KubeProxyConfiguration or ConfigMap with it; - is stdin')
    .option('--instance-type <type,...>', 'EC2 instance types, e.g. m5.large,c5.xlarge', list, [])
    .option('--here', 'this machine', false)
    .option('--rate <n>', 'requests a second', amount)
    .option('--lifetime <duration>', 'how long a connection stays open, e.g. 500ms', seconds)
    .option('--websockets <n>', 'connections held open', whole({ min: 0 }))
    .option('--leak-rate <n>', 'connections a second that end without FIN or RST', amount)
    .option('--dns-qps <n>', 'DNS queries a second', amount)
    .option('--keepalive-requests <n>', 'requests each connection carries', whole({ min: 1 }), 1)
    .option('--peak-factor <n>', 'everything times this at the peak', positive, 1)
    .option('--replicas <n>', 'nodes that share the load evenly', whole({ min: 1 }), 1)
    .addOption(
      new Option('--dataplane <name>', "what the gateway does with packets (default: the scenario's, else iptables)").choices(
        Object.keys(PLAN_DATAPLANES),
      ),
    )
    .option('--timeout <name=duration>', 'conntrack timeout of the node, e.g. tcp_time_wait=30s (repeatable)', timeout, {})
    .option('--headroom <share>', 'share of the table that should stay free', share, 0.3)
    .option('--alert-minutes <n>', 'minutes an alert should leave until the table is full', positive, 15)
    .option('--from <dir>', "take entries a connection and the gc's delay from a run's folder; its scenario when none is named")
    .option('--verify', 'run the load, scaled down, on a real kernel and compare', false)
    .option('-o, --output <dir>', 'also write the plan in every format and the files to paste there')
    .addOption(new Option('--format <name>', 'what to print').choices(PLAN_FORMATS).default('text'))
    .option('--json', 'the same as --format json', false)
    .option('-q, --quiet', 'no progress on stderr', false);
}

/** The flags as the command takes them. */
export function planOptions(flags: PlanFlags): Omit<PlanOptions, 'color' | 'set' | 'variables'> {
  const { cores, kernel, hashsize, kubeProxyVersion, here, instanceType } = flags;
  return {
    node: {
      cores,
      memoryBytes: flags.memory,
      memTotalBytes: flags.memTotal,
      kernel,
      bits: flags.bits,
      hashsize,
      kubeProxyVersion,
      instanceTypes: instanceType,
      here,
    },
    kubeProxyConfig: flags.kubeProxyConfig,
    traffic: {
      rate: flags.rate,
      lifetimeSeconds: flags.lifetime,
      websockets: flags.websockets,
      leakRate: flags.leakRate,
      dnsQps: flags.dnsQps,
      keepaliveRequests: flags.keepaliveRequests,
    },
    peakFactor: flags.peakFactor,
    replicas: flags.replicas,
    dataplane: flags.dataplane,
    timeouts: flags.timeout,
    headroom: flags.headroom,
    alertMinutes: flags.alertMinutes,
    from: flags.from,
    verify: flags.verify,
    output: flags.output,
    quiet: flags.quiet,
    format: flags.json ? 'json' : flags.format,
  };
}

function refuse(expected: string): never {
  throw new InvalidArgumentError(`expected ${expected}`);
}

function whole({ min, max = Number.MAX_SAFE_INTEGER }: { readonly min: number; readonly max?: number }) {
  return (text: string): number => {
    const value = parseCount(text);
    if (value !== undefined && Number.isInteger(value) && value >= min && value <= max) return value;
    return refuse(
      `a whole number, at least ${min}${max < Number.MAX_SAFE_INTEGER ? ` and at most ${max}` : ''}, such as ${Math.max(min, 2)}`,
    );
  };
}

function amount(text: string): number {
  return parseCount(text) ?? refuse('a number, at least 0, such as 500 or 20k');
}

function positive(text: string): number {
  const value = parseCount(text);
  return value !== undefined && value > 0 ? value : refuse('a number above 0, such as 1.5');
}

function share(text: string): number {
  const value = text.endsWith('%') ? Number(text.slice(0, -1)) / 100 : Number(text);
  return text !== '' && value >= 0 && value < 1 ? value : refuse('a share from 0 to below 1, such as 0.3 (30 %)');
}

function seconds(text: string): number {
  return (
    parseDuration(text) ?? refuse(`a duration such as 250ms, 5s or 1m30s${/^\d+$/.test(text) ? `; ${text} has no unit` : ''}`)
  );
}

const LEAST_MEMORY = 4 * 2 ** 20; // bytes; less is a unit left out

function memory(text: string): number {
  const bytes = parseQuantity(text) ?? refuse(QUANTITY_EXAMPLES);
  return bytes >= LEAST_MEMORY ? bytes : refuse(`${QUANTITY_EXAMPLES}; ${formatBytes(bytes)} is no machine's`);
}

function version(text: string): Version {
  return parseVersion(text) ?? refuse('a version such as 6.1 or 1.29.3');
}

function versionOrNone(text: string): Version | 'none' {
  return text === 'none' ? text : (parseVersion(text) ?? refuse('a version such as 1.29 or 1.38.1, or none'));
}

function bits(text: string): Bits {
  return text === '32' ? 32 : text === '64' ? 64 : refuse('32 or 64');
}

function list(text: string, previous: readonly string[]): string[] {
  return [
    ...previous,
    ...text
      .split(',')
      .map((item) => item.trim())
      .filter((item) => item !== ''),
  ];
}

function timeout(text: string, previous: Readonly<Record<string, number>>): Record<string, number> {
  const [name = '', value = ''] = text.split('=');
  if (!TIMEOUT_NAMES.some((one) => one === name)) {
    refuse(
      `a timeout such as tcp_time_wait=30s${didYouMean(name, TIMEOUT_NAMES) || `; the names are ${TIMEOUT_NAMES.join(', ')}`}`,
    );
  }
  const length = parseDuration(value);
  if (length === undefined || length < 1 || !Number.isInteger(length)) refuse(`whole seconds after ${name}=, such as 30s`);
  return { ...previous, [name]: length };
}
