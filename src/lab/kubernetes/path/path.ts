/** Nodes by name, as the pods of a run are placed. */
export interface Placement {
  /** Of the client pods. */
  readonly clients: readonly string[];
  /** The node whose port clients connect to; absent for other targets. */
  readonly portNode?: string | undefined;
  /** Absent where the load goes to servers that are not ctload's own. */
  readonly backend?: string | undefined;
}

/** A node whose table connections are in, and why. */
export interface PathNode {
  readonly name: string;
  readonly roles: readonly string[];
}

/**
 * The nodes whose tables connections cross, in the order in which a connection does: that of its client, which forwards (and for a
 * Service translates) what its pods send; that of the node port, which translates it; and that of the backend, which forwards it to
 * the pod.
 */
export function nodesOnPath({ clients, portNode, backend }: Placement): PathNode[] {
  const stations: [name: string, role: string][] = [
    ...[...new Set(clients)].map((name): [string, string] => [name, roleOf(clients, name)]),
    ...(portNode === undefined ? [] : [[portNode, 'node port'] as [string, string]]),
    ...(backend === undefined ? [] : [[backend, 'backend'] as [string, string]]),
  ];
  const names = [...new Set(stations.map(([name]) => name))];
  return names.map((name) => ({ name, roles: stations.flatMap(([station, role]) => (station === name ? [role] : [])) }));
}

/** `node-a (client), node-b (node port, backend)` */
export function pathText(path: readonly PathNode[]): string {
  return path.map(({ name, roles }) => `${name} (${roles.join(', ')})`).join(', ');
}

function roleOf(clients: readonly string[], name: string): string {
  const many = clients.filter((client) => client === name).length;
  return many === 1 ? 'client' : `${many} clients`;
}
