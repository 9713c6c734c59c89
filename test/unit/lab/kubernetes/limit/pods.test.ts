import { expect, it } from 'vitest';
import { limitPod, repairPod } from '../../../../../src/lab/kubernetes/limit/pods.ts';

it('lets a pod that lowers a limit come back when it is killed, and one that repairs it end', () => {
  const wish = { runId: 'abc', image: 'x:1', seconds: 100, name: 'limit-0' };
  const pod = limitPod(wish, 'node-a').spec;
  expect(pod).toMatchObject({
    restartPolicy: 'Always',
    hostNetwork: true,
    nodeName: 'node-a',
    automountServiceAccountToken: false,
  });
  expect(pod?.containers[0]?.command?.slice(-1)).toEqual(['keep']);
  const repair = repairPod(wish, { node: 'node-a', before: 262_144, during: 1000 }).spec;
  expect(repair?.restartPolicy).toBe('Never');
  expect(repair?.containers[0]?.command?.slice(-3)).toEqual(['repair', '262144', '1000']);
});
