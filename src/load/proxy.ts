import { messageOf } from '../platform/errors.ts';
import { listenToOwner, tellOwner } from './channel.ts';
import type { ProxyCommand, ProxyMessage } from './messages.ts';
import { ProxyServer } from './proxy-server.ts';

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
