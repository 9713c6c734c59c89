import type { V1Pod } from '@kubernetes/client-node';
import { programCommand } from '../../../platform/program.ts';
import { IN_IMAGE } from '../../docker/package-content.ts';
import { type ReaderWish, readerPod } from '../objects.ts';
import { FOLDER, type Lowered } from './messages.ts';

/** Writes the limit of a node, and restores it whatever happens: ended, killed or forgotten. Privileged, as sysctls demand it. */
export function limitPod(wish: ReaderWish, node: string): V1Pod {
  const pod = readerPod(wish, node);
  const { securityContext: _, containers = [], ...spec } = pod.spec ?? {};
  const [container] = containers;
  const only = {
    ...container,
    name: 'ctload',
    command: programCommand('limit', ['keep'], IN_IMAGE),
    securityContext: { privileged: true, runAsUser: 0 },
    volumeMounts: [{ name: 'kept', mountPath: FOLDER }],
  };
  const volumes = [{ name: 'kept', emptyDir: { medium: 'Memory', sizeLimit: '1Mi' } }];
  return {
    ...pod,
    spec: { ...spec, restartPolicy: 'Always', terminationGracePeriodSeconds: 10, containers: [only], volumes },
  };
}

/** Restores the limit of a node, once. */
export function repairPod(wish: ReaderWish, { node, before, during }: Lowered & { readonly node: string }): V1Pod {
  const pod = limitPod(wish, node);
  const command = programCommand('limit', ['repair', String(before), String(during)], IN_IMAGE);
  const containers = pod.spec?.containers.map((one) => ({ ...one, command })) ?? [];
  return { ...pod, spec: { ...pod.spec, restartPolicy: 'Never', containers } };
}
