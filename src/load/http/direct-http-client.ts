import { bracketed, hostPort } from '../../model/input/address-family.ts';
import type { Endpoint } from '../../model/input/lab.ts';
import type { TcpConnection } from '../sockets/tcp-connection.ts';
import type { Attempt } from '../tally/attempt.ts';
import { causeOfErrno } from '../tally/failure.ts';
import type { HttpClient, HttpListener } from './http-client.ts';
import { LastResponse } from './last-response.ts';
import { ResponseReader } from './response-reader.ts';

/** Exchanges without a client in between: the request's bytes out, the response's in. */
export function directExchanger(to: Endpoint, listener: HttpListener): HttpClient {
  return exchanger(requestTo(to, 'close'), listener);
}

/** The same, but the other side is asked to keep the connection for further exchanges. */
export function keepAliveExchanger(to: Endpoint, listener: HttpListener): HttpClient {
  return exchanger(requestTo(to, 'keep-alive'), listener);
}

function requestTo({ address, port }: Endpoint, connection: 'close' | 'keep-alive'): string {
  const host = port === 80 ? bracketed(address) : hostPort({ address, port });
  return `GET / HTTP/1.1\r\nhost: ${host}\r\nconnection: ${connection}\r\n\r\n`;
}

function exchanger(request: string, listener: HttpListener): HttpClient {
  const last = new LastResponse();
  return (attempt, wire) => {
    wire.send(request);
    readResponse(attempt, wire, listener, last);
  };
}

function readResponse(attempt: Attempt, wire: TcpConnection, listener: HttpListener, last: LastResponse): void {
  let reader: ResponseReader | undefined;
  let started = false;
  wire.receive(
    (chunk) => {
      const known = reader === undefined ? last.statusOf(chunk) : undefined;
      if (known !== undefined) {
        listener.responseStarted(attempt);
        listener.responseEnded(attempt, known);
        return;
      }
      const first = reader === undefined;
      reader ??= new ResponseReader();
      const progress = reader.read(chunk);
      if (first && progress === 'complete') last.remember(chunk, reader.status);
      if (!started && reader.status !== 0) {
        started = true;
        listener.responseStarted(attempt);
      }
      if (progress === 'complete') listener.responseEnded(attempt, reader.status);
      else if (progress === 'malformed') listener.responseFailed(attempt, 'other', 'malformed');
    },
    (errno) => {
      if (errno === undefined && reader?.endsWithStream) listener.responseEnded(attempt, reader.status);
      else listener.responseFailed(attempt, errno === undefined ? 'reset' : causeOfErrno(errno), errno);
    },
  );
}
