import { connect } from 'node:net';

// Baseline: what plain Node sockets can do, and nothing else. `node net-client.js ADDRESS PORT CONCURRENCY SECONDS JOB`

const [address = '', port = '', concurrency = '', seconds = '', job = ''] = process.argv.slice(2);
const until = Date.now() + Number(seconds) * 1000;

function next(): void {
  if (Date.now() >= until) return;
  const socket = connect({ host: address, port: Number(port), noDelay: true });
  socket.on('error', () => {});
  socket.on('close', next);
  if (job === 'tcp') socket.on('connect', () => socket.end().resume());
  else socket.end(`GET / HTTP/1.1\r\nHost: ${address}\r\nConnection: close\r\n\r\n`).resume();
}

for (let i = 0; i < Number(concurrency); i++) next();
