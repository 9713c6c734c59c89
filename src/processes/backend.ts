import { warmUp } from '../load/agent/warm-up.ts';
import { listenToOwner, tellOwner } from '../load/protocol/channel.ts';
import type { BackendCommand, BackendMessage } from '../load/protocol/messages.ts';
import { BackendServer } from '../load/servers/backend-server.ts';
import { answerDatagrams } from '../load/servers/udp-server.ts';
import { messageOf } from '../platform/errors.ts';

let server = new BackendServer();
const rehearsed = warmUp(process.argv.slice(2));

listenToOwner<BackendCommand>(
  (command) => {
    switch (command.type) {
      case 'listen':
        server = new BackendServer(command.behaviour);
        rehearsed
          .then(() => server.listen(command.http, command.stale))
          .then(() => answerDatagrams(command.udp, command.behaviour?.delaySeconds ?? 0))
          .then(
            () => tellOwner<BackendMessage>({ type: 'listening' }),
            (error: unknown) => tellOwner<BackendMessage>({ type: 'failed', message: messageOf(error) }),
          );
        break;
      case 'count':
        tellOwner<BackendMessage>({ type: 'counts', counts: server.counts() });
        break;
    }
  },
  () => process.exit(),
);
