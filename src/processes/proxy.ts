import type { ProxyCommand, ProxyMessage } from '../load/protocol/messages.ts';
import { ProxyProgramServer } from '../load/servers/proxy-program.ts';
import { ProxyServer } from '../load/servers/proxy-server.ts';
import { failure, listenToOwner, sendToOwner, starting } from '../platform/remote/child-side.ts';

// Ready once it, or the program that it runs, listens.
const server = new ProxyServer();
let running: ProxyProgramServer | undefined;

listenToOwner<ProxyCommand>(
  (command) => {
    if (command.type === 'listen') {
      void starting(async () => {
        await server.listen(command.routes);
        sendToOwner({ type: 'ready' });
      });
    } else if (command.type === 'run') {
      running = new ProxyProgramServer(command.program, (sentence) => sendToOwner<ProxyMessage>({ type: 'ended', sentence }));
      void running.start().then(
        () => sendToOwner({ type: 'ready' }),
        (error: unknown) => {
          sendToOwner(failure(error));
          setImmediate(leave);
        },
      );
    } else {
      sendToOwner<ProxyMessage>({ type: 'complaints', complaints: running?.complaints ?? {} });
    }
  },
  () => leave(),
);

/** With all the processes of its program, which are in the group that this one leads. */
function leave(): void {
  if (running !== undefined) process.kill(0, 'SIGKILL');
  process.exit();
}
