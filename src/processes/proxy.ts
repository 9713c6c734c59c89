import { listenToOwner, tellOwner } from '../load/protocol/channel.ts';
import type { ProxyCommand, ProxyMessage } from '../load/protocol/messages.ts';
import { ProxyServer } from '../load/servers/proxy-server.ts';
import { messageOf } from '../platform/errors.ts';

const server = new ProxyServer();

listenToOwner<ProxyCommand>(
  ({ routes }) => {
    server.listen(routes).then(
      () => tellOwner<ProxyMessage>({ type: 'listening' }),
      (error: unknown) => tellOwner<ProxyMessage>({ type: 'failed', message: messageOf(error) }),
    );
  },
  () => process.exit(),
);
