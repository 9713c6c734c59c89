import type { ProxyCommand } from '../load/protocol/messages.ts';
import { ProxyServer } from '../load/servers/proxy-server.ts';
import { listenToOwner, sendToOwner, starting } from '../platform/remote/child-side.ts';

// Ready once it listens at its routes.
const server = new ProxyServer();

listenToOwner<ProxyCommand>(({ routes }) => {
  void starting(async () => {
    await server.listen(routes);
    sendToOwner({ type: 'ready' });
  });
});
