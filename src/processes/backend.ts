import { warmUp } from '../load/agent/warm-up.ts';
import type { BackendCommand, BackendMessage } from '../load/protocol/messages.ts';
import { BackendServer } from '../load/servers/backend-server.ts';
import { answerDatagrams, answerQuery } from '../load/servers/udp-server.ts';
import { listenToOwner, sendToOwner, starting } from '../platform/remote/child-side.ts';

// Started with the protocols of the floods as arguments, which it warms up at once; ready once it listens.
let server = new BackendServer();
const warm = warmUp(process.argv.slice(2));

listenToOwner<BackendCommand>((command) => {
  switch (command.type) {
    case 'listen':
      server = new BackendServer(command.behaviour);
      void starting(async () => {
        await warm;
        await server.listen(command.http, command.stale);
        const delaySeconds = command.behaviour?.delaySeconds ?? 0;
        answerDatagrams(command.udp, delaySeconds);
        answerDatagrams(command.dns ?? [], delaySeconds, answerQuery);
        sendToOwner({ type: 'ready' });
      });
      break;
    case 'count':
      sendToOwner<BackendMessage>({ type: 'counts', counts: server.counts() });
      break;
  }
});
