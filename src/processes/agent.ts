import { AgentLoop } from '../load/agent/agent-loop.ts';
import { warmUp } from '../load/agent/warm-up.ts';
import { listenToOwner, tellOwner } from '../load/protocol/channel.ts';
import type { AgentCommand, AgentMessage } from '../load/protocol/messages.ts';

// undici makes an Error for every connection it closes, and Node formats its stack: a fifth of the work at full stacks.
Error.stackTraceLimit = 1;

let loop: AgentLoop | undefined;
const rehearsed = warmUp(process.argv.slice(2));

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
