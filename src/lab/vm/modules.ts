import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { CtloadError } from '../../platform/errors.ts';
import { execute } from '../../platform/exec.ts';
import { ExitCode } from '../../platform/exit-codes.ts';
import { EXTRAS } from '../dataplane/dataplanes.ts';

/**
 * What a lab needs of a kernel, as far as it is a module there: the machine's devices, links, conntrack with its netlink, and
 * what the rules of both rule dataplanes use.
 */
const WANTED = [
  ...['virtio_pci', 'virtio_net', 'virtio_console', 'veth'],
  ...['nf_conntrack', 'nf_conntrack_netlink', 'nf_nat', 'nf_tables', 'nft_compat', 'nft_ct', 'nft_nat', 'nft_masq'],
  ...[
    'nft_chain_nat',
    'nft_numgen',
    'nft_hash',
    'nft_counter',
    'nft_redir',
    'nft_reject',
    'nft_reject_ipv4',
    'nft_limit',
    'nft_objref',
  ],
  ...['x_tables', 'ip_tables', 'iptable_nat', 'iptable_filter', 'iptable_raw', 'iptable_mangle'],
  ...['ip6_tables', 'ip6table_nat', 'ip6table_filter'],
  ...['xt_nat', 'xt_MASQUERADE', 'xt_DNAT', 'xt_REDIRECT', 'xt_conntrack', 'xt_state', 'xt_statistic', 'xt_comment'],
  ...['xt_mark', 'xt_connmark', 'xt_multiport', 'xt_tcpudp', 'xt_CT', 'xt_addrtype', 'xt_set', 'ip_set', 'xt_LOG'],
];

/** One module of a kernel. */
export interface KernelModule {
  /** With `_`, as the kernel names it. */
  readonly name: string;
  readonly bytes: Buffer;
}

/** Modules, each after those it depends on. */
export interface GuestModules {
  /** What every gateway needs. */
  readonly always: readonly KernelModule[];
  /** By name, what else has to be loaded for it. */
  readonly onDemand: ReadonlyMap<string, readonly KernelModule[]>;
}

/** Modules that only some dataplanes need. */
const ON_DEMAND = EXTRAS.flatMap(({ modules }) => modules);

/** The modules of `folder` (/lib/modules/RELEASE) for a guest. What is not there is taken to be built in. */
export async function guestModules(folder: string): Promise<GuestModules> {
  const files = moduleFiles(folder);
  const always = await withNeeded(WANTED, files);
  const loaded = new Set(always.map(({ name }) => name));
  const onDemand = new Map<string, readonly KernelModule[]>();
  for (const name of ON_DEMAND) onDemand.set(name, await withNeeded([name], files, loaded));
  return { always, onDemand };
}

/** Those of `names` that are in `files`, and what they need, but for those already `loaded`. */
async function withNeeded(
  names: readonly string[],
  files: ReadonlyMap<string, string>,
  loaded: ReadonlySet<string> = new Set(),
): Promise<KernelModule[]> {
  const ordered: KernelModule[] = [];
  const seen = new Set<string>(loaded);
  const add = async (name: string): Promise<void> => {
    const file = files.get(name);
    if (file === undefined || seen.has(name)) return;
    seen.add(name);
    const bytes = await uncompressed(file);
    for (const needed of dependenciesOf(bytes)) await add(needed);
    ordered.push({ name, bytes });
  };
  for (const name of names) await add(name);
  return ordered;
}

function moduleFiles(folder: string): Map<string, string> {
  const paths = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((path) => /\.ko(\.\w+)?$/.test(path));
  return new Map(
    paths.map((path) => [
      basename(path)
        .replace(/\.ko.*$/, '')
        .replaceAll('-', '_'),
      join(folder, path),
    ]),
  );
}

/** `depends=` of the section .modinfo: Debian's packages come without modules.dep, which depmod makes when they are installed. */
export function dependenciesOf(module: Buffer): string[] {
  const start = module.indexOf('\0depends=');
  if (start < 0) return [];
  const text = module.toString('latin1', start + '\0depends='.length, module.indexOf('\0', start + 1));
  return text.split(',').flatMap((name) => (name === '' ? [] : name.replaceAll('-', '_')));
}

const DECOMPRESS: Readonly<Record<string, string>> = { '.xz': 'xz', '.zst': 'zstd', '.gz': 'gzip' };

/** @throws {CtloadError} exit 112 when the command that the module's compression needs is missing. */
async function uncompressed(file: string): Promise<Buffer> {
  const suffix = /\.ko(\.\w+)$/.exec(file)?.[1];
  if (suffix === undefined) return readFileSync(file);
  const tool = DECOMPRESS[suffix] ?? 'xz';
  try {
    return Buffer.from(await execute(['sh', '-c', `${tool} -dc "$1" | base64 -w 0`, 'sh', file]), 'base64');
  } catch (cause) {
    throw new CtloadError(`cannot decompress the kernel module ${file}`, {
      hint: `install ${tool}, or point lab.vm.modules at modules that are not compressed`,
      exitCode: ExitCode.hostUnfit,
      cause,
    });
  }
}
