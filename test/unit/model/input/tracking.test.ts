import { expect, it } from 'vitest';
import { DATAPLANE_NAMES, DATAPLANES } from '../../../../src/model/input/dataplanes.ts';
import { entriesPerFlow, forwardingText, standard, trackingOf } from '../../../../src/model/input/tracking.ts';

it.each(DATAPLANE_NAMES)('%s makes as many entries as the list says, where no setting says otherwise', (dataplane) => {
  expect(entriesPerFlow(standard(dataplane))).toBe(DATAPLANES[dataplane].entriesPerFlow);
  expect(forwardingText(standard(dataplane))).toContain(dataplane);
});

it('takes in what the settings say', () => {
  const tunnel = (kind: 'vxlan' | 'wireguard', ends: 'beyond' | 'gateway') =>
    trackingOf({ dataplane: 'tunnel', tunnel: { kind, ends } });
  expect(trackingOf({ dataplane: 'ipvs', ipvs: { conntrack: false, notrack: false } })).toEqual({ flows: 0, outer: 0 });
  expect(tunnel('vxlan', 'beyond')).toEqual({ flows: 0, outer: 2 });
  expect(tunnel('vxlan', 'gateway')).toEqual({ flows: 1, outer: 2 });
  expect(tunnel('wireguard', 'beyond')).toEqual({ flows: 0, outer: 0 });
  expect(tunnel('wireguard', 'gateway')).toEqual({ flows: 1, outer: 0 });
});

it('names a dataplane with the settings that matter', () => {
  expect(forwardingText(standard('ipvs'))).toBe('ipvs');
  expect(forwardingText({ dataplane: 'ipvs', ipvs: { conntrack: false, notrack: true } })).toBe(
    'ipvs {conntrack: false, notrack: true}',
  );
  expect(forwardingText(standard('tunnel'))).toBe('tunnel {kind: vxlan, ends: beyond}');
});
