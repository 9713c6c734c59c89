import { connect } from 'node:net';

// Baseline: what plain Node sockets can do, and nothing else. `node net-client.js ADDRESS[,ADDRESS…] PORT CONCURRENCY SECONDS JOB`

const [list = '', port = '', concurrency = '', seconds = '', job = ''] = process.argv.slice(2);
const addresses = list.split(',');
const until = Date.now() + Number(seconds) * 1000;
let made = 0;

function next(): void {
  if (Date.now() >= until) return;
  const address = addresses[made++ % addresses.length] as string;
  const socket = connect({ host: address, port: Number(port), noDelay: true });
  socket.on('error', () => {});
  socket.on('close', next);
  if (job === 'tcp') socket.on('connect', () => socket.end().resume());
  else socket.end(`GET / HTTP/1.1\r\nHost: ${address}\r\nConnection: close\r\n\r\n`).resume();
}

for (let i = 0; i < Number(concurrency); i++) next();
