import type { Network } from 'dockerode';
import { familiesIn, type LabFamily } from '../../model/input/address-family.ts';
import { CtloadError, messageOf } from '../../platform/errors.ts';
import { ADDRESS_PLANS, type AddressPlan, addressPlan } from '../addresses.ts';
import { type Engine, unlessGone } from './engine.ts';
import { ownLabels } from './labels.ts';

/** The lab's two networks, and the addresses they have. */
export interface Networks {
  /** One for each family of the lab. */
  readonly plans: readonly [AddressPlan, ...AddressPlan[]];
  /** All addresses of the networks: IPv4's, which Docker does not do without, and those of IPv6 where the lab has them. */
  readonly addresses: readonly AddressPlan[];
  readonly front: { readonly name: string; readonly network: Network };
  readonly back: { readonly name: string; readonly network: Network };
  /** Their bridges on the engine's machine. */
  readonly bridges: readonly [string, string];
}

/**
 * Makes the two networks in the first range of 198.18.0.0/15 (and of 2001:2::/48) that is free. They are internal: the engine passes nothing in or
 * out, and routes nothing between them.
 * @param family of the lab's addresses
 * @param isTaken whether the engine's machine already uses addresses of a subnet
 * @throws {CtloadError} exit 100 when no range is free.
 */
export async function createNetworks(
  engine: Engine,
  runId: string,
  family: LabFamily | undefined,
  isTaken: (subnet: string) => boolean,
  defer: (network: Network) => void,
): Promise<Networks> {
  for (let number = 0; number < ADDRESS_PLANS; number++) {
    const ipv6 = familiesIn(family).includes('ipv6') ? addressPlan(number, false, 'ipv6') : undefined;
    const addresses = [addressPlan(number), ...(ipv6 === undefined ? [] : [ipv6])] as const;
    if (addresses.some(({ front, back }) => isTaken(front.subnet) || isTaken(back.subnet))) continue;
    const front = await createNetwork(engine, runId, 'front', addresses);
    if (front === undefined) continue;
    const back = await createNetwork(engine, runId, 'back', addresses);
    if (back === undefined) {
      await unlessGone(front.remove());
      continue;
    }
    defer(front);
    defer(back);
    return {
      plans: family === 'ipv6' && ipv6 !== undefined ? [ipv6] : addresses,
      addresses,
      front: { name: networkName(runId, 'front'), network: front },
      back: { name: networkName(runId, 'back'), network: back },
      bridges: [bridgeOf(front), bridgeOf(back)],
    };
  }
  throw new CtloadError('no free range in 198.18.0.0/15 for the lab', {
    hint: 'remove networks that use it (docker network ls), or what an earlier run left: ctload clean',
  });
}

function networkName(runId: string, side: string): string {
  return `ctload-${runId}-${side}`;
}

/** Undefined when another network of the engine has the range. */
async function createNetwork(
  { docker }: Engine,
  runId: string,
  side: 'front' | 'back',
  addresses: readonly AddressPlan[],
): Promise<Network | undefined> {
  try {
    return await docker.createNetwork({
      Name: networkName(runId, side),
      Driver: 'bridge',
      Internal: true,
      CheckDuplicate: true,
      EnableIPv6: addresses.some(({ family }) => family === 'ipv6'),
      IPAM: {
        Driver: 'default',
        Config: addresses.map(({ [side]: { subnet, spare } }) => ({ Subnet: subnet, Gateway: spare })),
      },
      Labels: { ...ownLabels(runId) },
    });
  } catch (error) {
    if (/overlap/i.test(messageOf(error))) return undefined;
    const hint = /No chain\/target\/match/.test(messageOf(error))
      ? "another program has removed Docker's firewall rules; restore them with: sudo systemctl restart docker"
      : 'check the engine: journalctl -u docker';
    throw new CtloadError(`cannot create the network ${networkName(runId, side)}: ${messageOf(error).trim()}`, {
      hint,
      cause: error,
    });
  }
}

/** Docker names a bridge after its network (libnetwork, drivers/bridge). */
function bridgeOf(network: Network): string {
  return `br-${network.id.slice(0, 12)}`;
}
