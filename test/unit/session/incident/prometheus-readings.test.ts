import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, it, onTestFinished } from 'vitest';
import { diagnoseIncident } from '../../../../src/session/diagnose.ts';
import { type PrometheusRequest, readPrometheus } from '../../../../src/session/incident/prometheus-readings.ts';

/** What the API answers to a query. The real one is in test/integration/long/prometheus.test.ts. */
async function serve(answer: (query: string, response: ServerResponse) => unknown): Promise<string> {
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const part of request) body += part;
    const result = answer(new URLSearchParams(body).get('query') ?? '', response);
    if (result === undefined) return;
    response.setHeader('content-type', 'application/json').end(JSON.stringify({ status: 'success', data: { result } }));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const RANGE = { from: 1_000_000, to: 1_000_060, instance: undefined };
const ask = (url: string, more: Partial<PrometheusRequest> = {}) => readPrometheus({ ...RANGE, url, ...more });
const machine = (instance: string, job = 'node') => ({ metric: { instance, job }, value: [1, '3'] });
const series = (name: string, ...values: number[]) => ({
  metric: { __name__: `node_${name}`, instance: 'a:9100', job: 'node' },
  values: values.map((value, index) => [1_000_000 + index * 15, String(value)]),
});
const withSeries = (...all: ReturnType<typeof series>[]) =>
  serve((query) => (query.startsWith('count by') ? [machine('a:9100')] : all));

it('reads a full table: drops between the ends of the range, and the fullest scrape between', async () => {
  const url = await withSeries(
    series('nf_conntrack_entries', 10, 4096, 12),
    series('nf_conntrack_entries_limit', 4096, 4096, 4096),
    series('nf_conntrack_stat_drop', 5, 300, 305),
    series('nf_conntrack_stat_insert_failed', 0, 0, 0),
    series('netstat_TcpExt_ListenOverflows', 2, 2, 2),
  );
  const diagnosis = diagnoseIncident([], await ask(url));
  expect(diagnosis.conclusion).toMatchObject({ kind: 'found', causes: ['table-full'] });
  expect(diagnosis.findings[0]?.figures['drop']).toEqual({ value: 305, rise: 300 });
  expect(diagnosis.findings.find(({ cause }) => cause === 'listen-queues')?.certainty).toBe('no');
  expect(diagnosis.sources).toEqual([
    { file: `${url} instance a:9100, 1970-01-12T13:46:40Z to 1970-01-12T13:47:40Z`, holds: ['node_exporter (2)'] },
  ]);
});

it('counts from 0 after a restart', async () => {
  const { readings, problems } = await ask(
    await withSeries(series('nf_conntrack_stat_drop', 900, 3, 8), series('nf_conntrack_entries', 90, 3, 8)),
  );
  expect(readings.map(({ values }) => values.get('drop'))).toEqual([0, 8, undefined]);
  expect(readings.map(({ values }) => values.get('entries'))).toEqual([90, 8, 90]);
  expect(problems.join()).toContain('counters started again at 0');
});

it('names what is wrong, one error each', async () => {
  const none = await serve(() => []);
  await expect(ask(none)).rejects.toThrow(/has no node_nf_conntrack_entries from 1970-01-12T13:46:40Z/);
  const two = await serve(() => [machine('a:9100'), machine('b:9100')]);
  await expect(ask(two)).rejects.toThrow(/has 2 machines .*: a:9100 and b:9100/);
  await expect(ask(two, { instance: 'c' })).rejects.toThrow(/has no instance c/);
  await expect(ask(two, { from: RANGE.to })).rejects.toThrow('--from has to be earlier than --to');
  await expect(ask('127.0.0.1:9090')).rejects.toThrow('expected a URL');
  await expect(ask('http://user:secret@127.0.0.1:9090')).rejects.toThrow('expected a URL');
  await expect(ask('http://127.0.0.2:9099')).rejects.toThrow(/cannot reach Prometheus at .*ECONNREFUSED/);
  const page = await serve((_, response) => void response.writeHead(404, { 'content-type': 'text/html' }).end('<html>'));
  await expect(ask(page)).rejects.toThrow(/is not the HTTP API of a Prometheus: it answered with status 404, text\/html/);
  const other = await serve((_, response) => void response.end('{"hello":1}'));
  await expect(ask(other)).rejects.toThrow('an answer of another form');
  const refusing = await serve((_, response) => void response.end('{"status":"error","error":"too many samples"}'));
  await expect(ask(refusing)).rejects.toThrow('refuses the query: too many samples');
});

it('follows no redirect', async () => {
  let asked = 0;
  const elsewhere = await serve(() => {
    asked++;
    return [];
  });
  const url = await serve((_, response) => void response.writeHead(307, { location: `${elsewhere}/api/v1/query` }).end());
  await expect(ask(url)).rejects.toThrow(/it answered with status 307/);
  expect(asked).toBe(0);
});
