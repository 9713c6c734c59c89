import { AgentLoop } from '../load/agent/agent-loop.ts';
import { warmUp } from '../load/agent/warm-up.ts';
import type { AgentCommand, AgentMessage } from '../load/protocol/messages.ts';
import { listenToOwner, sendToOwner, starting } from '../platform/remote/child-side.ts';

// Started with the protocols of its floods as arguments, which it warms up at once; ready once it has its assignment, too.
// undici makes an Error for every connection it closes, and Node formats its stack: a fifth of the work at full stacks.
Error.stackTraceLimit = 1;

let loop: AgentLoop | undefined;
const warm = warmUp(process.argv.slice(2));

listenToOwner<AgentCommand>((command) => {
  switch (command.type) {
    case 'prepare':
      void starting(async () => {
        await warm;
        loop = new AgentLoop(command, sendToOwner<AgentMessage>);
        sendToOwner({ type: 'ready' });
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
});
