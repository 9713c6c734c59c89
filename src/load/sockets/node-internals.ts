/**
 * Node's wraps of libuv handles, which floods use where they can: what Node makes of them (net.Socket, dgram) takes most of the CPU
 * time of a connection that carries little. `process.binding` is deprecated (DEP0111) and not documented; Node 20 to 26 have it.
 * Without: about 150 against 96 µs of CPU for a request on a connection of its own, kernel included, and 11.8 against 9.9 µs for a
 * datagram (loopback, Node 20).
 *
 * Undefined where this Node gives no access to all of `names`, or when CTLOAD_SOCKETS=node asks to do without: then floods take
 * Node's own sockets.
 */
export function nodeInternals(...names: readonly string[]): Readonly<Record<string, unknown>> | undefined {
  if (process.env['CTLOAD_SOCKETS'] === 'node') return undefined;
  try {
    const { binding } = process as unknown as { binding?: (name: string) => object };
    return binding === undefined ? undefined : Object.assign({}, ...names.map((name) => binding(name)));
  } catch {
    return undefined;
  }
}
