import { type CtloadError, usageError } from '../../platform/errors.ts';

const HINT =
  'give the conntrack: block, a KubeProxyConfiguration, or the ConfigMap: kubectl -n kube-system get configmap kube-proxy -o yaml (on EKS kube-proxy-config); or a file with kube-proxy’s flags (DaemonSet, static pod, systemd unit, k3s, RKE2, kops, Talos, OpenShift)';

/** An error about a file with kube-proxy's configuration: exit 2, with what to give instead. */
export function refuse(place: string, message: string, hint = HINT): CtloadError {
  return usageError(`${place}: ${message}`, hint);
}
