import { countIpvsConnections } from '../../lab/dataplane/ipvs.ts';
import type { AnyLab } from '../../lab/lab.ts';
import { type AnyScenario, isExisting } from '../../model/input/scenario.ts';
import type { IpvsRecord } from '../../model/timeline/ipvs.ts';

/** What IPVS keeps in the gateway; undefined where there is no IPVS, or its list cannot be read. */
export async function readIpvs(lab: AnyLab, scenario: AnyScenario): Promise<Omit<IpvsRecord, 't'> | undefined> {
  if (isExisting(scenario) || lab.gateway === undefined || scenario.gateway.dataplane !== 'ipvs') return undefined;
  const connections = await countIpvsConnections(lab.gateway).catch(() => undefined);
  return connections === undefined ? undefined : { type: 'ipvs', connections };
}
