import { createSocket } from 'node:dgram';

// Baseline: what one plain dgram socket can do, and nothing else. `node datagram-client.js COUNT FIRST_PORT LAST_PORT ADDRESS…`

const BATCH = 64;
const [count = '', firstPort = '', lastPort = '', ...addresses] = process.argv.slice(2);
const [total, first, last] = [Number(count), Number(firstPort), Number(lastPort)];
const payload = Buffer.alloc(64);
const socket = createSocket('udp4');
let sent = 0;

function next(): void {
  for (const end = Math.min(total, sent + BATCH); sent < end; sent++) {
    const port = first + (Math.floor(sent / addresses.length) % (last - first + 1));
    socket.send(payload, port, addresses[sent % addresses.length]);
  }
  if (sent < total) setImmediate(next);
  else setTimeout(() => socket.close(), 100);
}

socket.bind(0, next);
