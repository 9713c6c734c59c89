import type { AddressFamily } from '../../model/input/address-family.ts';
import type { Dataplane } from '../../model/input/dataplanes.ts';
import { GONE_COUNTER } from '../../model/input/rules.ts';
import { execute, type Host } from '../../platform/exec.ts';
import { type AddressPlan, type Service, standbyOf } from '../addresses.ts';
import { forwardedServices } from './dataplane.ts';
import { DATAPLANE_SETUPS } from './dataplanes.ts';
import { FAMILY_WORDS } from './family-words.ts';
import { ruleCommand } from './setup.ts';

type Replaceable = Pick<AddressPlan, 'services' | 'udpServices' | 'family'>;

/**
 * Leads new flows to other endpoints, then lets the old addresses answer no more: the gateway drops what goes there and what still
 * comes from there, silently, as when a pod is gone. Entries stay. What clients miss for good or send again is counted.
 * @throws {CommandError} when the rules are refused.
 */
export async function loseEndpoints(
  gateway: Host,
  dataplane: Dataplane,
  plans: readonly Replaceable[],
  udp = false,
): Promise<void> {
  for (const plan of plans) await replace(gateway, dataplane, plan, udp);
}

async function replace(gateway: Host, dataplane: Dataplane, plan: Replaceable, udp: boolean): Promise<void> {
  const setup = DATAPLANE_SETUPS[dataplane];
  const services = forwardedServices(plan, udp);
  const input = setup.redirect?.(
    services.map((service) => ({ ...service, endpoint: standbyOf(service.endpoint) })),
    plan.family,
  );
  if (input === undefined) throw new Error(`dataplane ${dataplane} has no endpoints to replace`);
  await execute(ruleCommand(setup.tool, plan.family), { host: gateway, input });
  await execute(ruleCommand('nft', plan.family), { host: gateway, input: silence(services, plan.family) });
}

/** Segments of established connections are dropped uncounted: which of them are sent again depends on the connection. */
function silence(services: readonly Service[], family: AddressFamily): string {
  const { ip, type } = FAMILY_WORDS[family];
  const addresses = [...new Set(services.map(({ endpoint }) => endpoint.address))].join(', ');
  return `table ${ip} ctload-gone {
  counter ${GONE_COUNTER} { }
  set gone {
    type ${type}
    elements = { ${addresses} }
  }
  chain forward {
    type filter hook forward priority filter - 10; policy accept;
    ${ip} daddr @gone meta l4proto udp counter name "${GONE_COUNTER}" drop
    ${ip} daddr @gone tcp flags & (syn | ack) == syn counter name "${GONE_COUNTER}" drop
    ${ip} daddr @gone drop
    ${ip} saddr @gone meta l4proto udp counter name "${GONE_COUNTER}" drop
    ${ip} saddr @gone drop
  }
}`;
}
