import { generateKeyPairSync } from 'node:crypto';
import { hostPort } from '../../model/input/address-family.ts';
import { TUNNEL_DEFAULTS, type TunnelSpec } from '../../model/input/tracking.ts';
import { CtloadError, messageOf } from '../../platform/errors.ts';
import { execute, type Host } from '../../platform/exec.ts';
import { ExitCode } from '../../platform/exit-codes.ts';
import { TUNNEL_ADDRESSES } from '../addresses.ts';
import { batch } from '../wiring.ts';
import { forwardRules } from './forward-rules.ts';
import { type DataplaneSetup, loadModules } from './setup.ts';

type Kind = TunnelSpec['kind'];

const KINDS: readonly Kind[] = ['vxlan', 'wireguard'];
/** Those that IANA and WireGuard's own documentation give. */
const PORTS: Readonly<Record<Kind, number>> = { vxlan: 4789, wireguard: 51_820 };
const LINK = 'tunnel';

/** One end of the tunnel. */
interface End {
  readonly host: Host;
  /** Its address outside of the tunnel, and the interface that has it. */
  readonly outer: string;
  readonly device: string;
  /** Its addresses in the tunnel, with the length of their prefixes. */
  readonly inner: readonly string[];
  /** What is reached through it. */
  readonly networks: readonly string[];
}

/**
 * A gateway that forwards without NAT, and a tunnel for the backend's addresses from the client to the backend, or to the gateway
 * itself. The interface is called `tunnel` on both ends. Where the lab has both families, one tunnel over IPv4 carries both.
 */
export const tunnelSetup: DataplaneSetup = {
  tool: 'nft',
  modules: ['nf_conntrack', 'nft_ct'],
  extra: { commands: ['wg'], modules: KINDS },
  commands: ({ tunnel }) => (tunnel?.kind === 'wireguard' ? ['wg'] : []),
  kernel: async (host) => {
    await loadModules(host, KINDS);
    const tried = await Promise.all(
      KINDS.map((kind) =>
        execute(['ip', 'link', 'add', LINK, 'type', kind, ...idOf(kind)], { host }).then(
          () => [kind],
          () => [],
        ),
      ),
    );
    const kinds = tried.flat();
    if (kinds.length > 0) return kinds.join(', ');
    throw new CtloadError(`this kernel has no ${KINDS.join(' and no ')}`, { hint: noKind(), exitCode: ExitCode.hostUnfit });
  },
  rules: forwardRules,
  async link({ client, gateway, backend }, { tunnel = TUNNEL_DEFAULTS }, plans) {
    const [{ front, back }] = plans;
    const inside = plans.map(({ family, endpoints }) => ({ ...TUNNEL_ADDRESSES[family], endpoints }));
    const near: End = {
      host: client,
      outer: front.client,
      device: 'front',
      inner: inside.map((one) => `${one.client}/${one.prefix}`),
      networks: inside.map((one) => one.client),
    };
    const inner = inside.map((one) => `${one.end}/${one.prefix}`);
    const networks = inside.flatMap((one) => [one.end, one.endpoints]);
    const far: End =
      tunnel.ends === 'beyond'
        ? { host: backend, outer: back.backend, device: 'back', inner, networks }
        : { host: gateway, outer: front.gateway, device: 'front', inner, networks };
    await Promise.all([near, far].map(({ host }) => loadModules(host, [tunnel.kind])));
    if (plans.some(({ family }) => family === 'ipv6')) await Promise.all([near, far].map(({ host }) => silenceReports(host)));
    if (tunnel.kind === 'vxlan') await Promise.all([addVxlan(near, far), addVxlan(far, near)]);
    else await addWireguard(near, far);
    await Promise.all(
      [near, far].map((end) =>
        batch(end.host, [...end.inner.map((address) => `address add ${address} dev ${LINK}`), `link set ${LINK} up`]),
      ),
    );
    await batch(
      client,
      inside.map(({ end, endpoints }) => `route add ${endpoints} via ${end} dev ${LINK}`),
    );
  },
};

/** IPv6 reports its multicast groups to routers (MLD, RFC 3810); nobody listens here, and what carries them would have entries. */
async function silenceReports(host: Host): Promise<void> {
  const input = `table ip6 ctload-tunnel {
  chain output {
    type filter hook output priority filter; policy accept;
    oifname "${LINK}" icmpv6 type { 131, 132, 143 } drop
  }
}`;
  await execute(['nft', '-f', '-'], { host, input });
}

function idOf(kind: Kind): string[] {
  return kind === 'vxlan' ? ['id', '1', 'dstport', String(PORTS.vxlan)] : [];
}

/** Bound to the interface, by which it knows how large its packets may be. */
async function addVxlan({ host, outer, device }: End, to: End): Promise<void> {
  await addLink(host, 'vxlan', [...idOf('vxlan'), 'local', outer, 'remote', to.outer, 'dev', device]);
}

async function addWireguard(near: End, far: End): Promise<void> {
  const ends = [near, far].map((end) => ({ end, ...keyPair() }));
  await Promise.all(
    ends.map(async ({ end, privateKey }) => {
      const [peer] = ends.filter((other) => other.end !== end);
      if (peer === undefined) throw new Error('a tunnel with one end');
      await addLink(end.host, 'wireguard', []);
      const config = [
        ...['[Interface]', `PrivateKey = ${privateKey}`, `ListenPort = ${PORTS.wireguard}`, '[Peer]'],
        `PublicKey = ${peer.publicKey}`,
        `Endpoint = ${hostPort({ address: peer.end.outer, port: PORTS.wireguard })}`,
        `AllowedIPs = ${peer.end.networks.join(', ')}`,
      ];
      // Node.js makes stdin a socket, which cannot be opened by its name.
      const set = ['sh', '-c', 'cat | wg setconf "$1" /dev/stdin', 'sh', LINK];
      await execute(set, { host: end.host, input: config.join('\n') });
    }),
  );
}

/** @throws {CtloadError} exit 112 where the host's kernel has no such tunnels. */
async function addLink(host: Host, kind: Kind, options: readonly string[]): Promise<void> {
  try {
    await execute(['ip', 'link', 'add', LINK, 'type', kind, ...options], { host });
  } catch (cause) {
    throw new CtloadError(`gateway.tunnel.kind ${kind}: the kernel of the ${host.name} refuses it: ${messageOf(cause)}`, {
      hint: noKind(kind),
      exitCode: ExitCode.hostUnfit,
      cause,
    });
  }
}

function noKind(kind?: Kind): string {
  return `as root: modprobe ${kind ?? KINDS.join(' ')}, or use --driver vm --set lab.vm.scope=lab, whose kernel has it`;
}

/** As `wg genkey` and `wg pubkey` write them. */
function keyPair(): { readonly privateKey: string; readonly publicKey: string } {
  const { d = '', x = '' } = generateKeyPairSync('x25519').privateKey.export({ format: 'jwk' });
  const base64 = (text: string) => Buffer.from(text, 'base64url').toString('base64');
  return { privateKey: base64(d), publicKey: base64(x) };
}
