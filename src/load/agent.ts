import { AgentLoop } from './agent-loop.ts';
import { listenToOwner, tellOwner } from './channel.ts';
import type { AgentCommand, AgentMessage } from './messages.ts';
import { rehearse } from './rehearsal.ts';

// undici makes an Error for every connection it closes, and Node formats its stack: a fifth of the work at full stacks.
Error.stackTraceLimit = 1;

let loop: AgentLoop | undefined;
const rehearsed = rehearse(process.argv.slice(2));

listenToOwner<AgentCommand>(
  (command) => {
    switch (command.type) {
      case 'prepare':
        void rehearsed.then(() => {
          loop = new AgentLoop(command, (message) => tellOwner<AgentMessage>(message));
          tellOwner<AgentMessage>({ type: 'ready' });
        });
        break;
      case 'start':
        loop?.start(command.epoch);
        break;
      case 'stop':
        loop?.stop();
        break;
      case 'close':
        loop?.close();
        break;
    }
  },
  () => process.exit(),
);
