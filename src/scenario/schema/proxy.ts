// biome-ignore-all lint/suspicious/noTemplateCurlyInString: names in configurations
import { z } from 'zod';
import { PROXIES } from '../../model/input/proxy.ts';
import { choice } from './values.ts';

const PROGRAMS = PROXIES.filter((name) => name !== 'built-in');
const program = { enum: PROGRAMS };

/** `gateway.proxy`. The file of `config` is read by own-proxy.ts. */
export const proxy = z
  .strictObject({
    implementation: choice(
      PROXIES,
      ['envoy'],
      'What the proxy is: built-in is ctload’s own, which hands on bytes; nginx and haproxy are those programs, as installed on this machine, as HTTP proxies.',
      { envoy: 'Debian has no package of it' },
    ).prefault('built-in'),
    keepAlive: z
      .boolean()
      .optional()
      .describe(
        'Whether the proxy keeps its connections to the backend open for further requests. If absent, each request has one of its own, unless config says otherwise.',
      ),
    config: z
      .string()
      .min(1, { error: 'expected the path of a file' })
      .optional()
      .describe(
        'Configuration of your own for nginx or HAProxy, its path relative to the scenario file, or the text itself. A line with ${SERVICE} (address and port where clients connect) or ${ENDPOINT} (those of the backend) is repeated for each of the 64.',
      ),
  })
  .superRefine(({ implementation, keepAlive, config }, context) => {
    const needed = `needs implementation: ${PROGRAMS.join(' or ')}`;
    const report = (path: string, message: string) => context.addIssue({ code: 'custom', path: [path], message });
    if (implementation === 'built-in') {
      if (keepAlive === true) report('keepAlive', `${needed}; the built-in proxy knows nothing of requests`);
      if (config !== undefined) report('config', `${needed}; the built-in proxy has no configuration`);
    } else if (config !== undefined && keepAlive !== undefined) {
      report('keepAlive', 'cannot be combined with config, which says it itself');
    }
  })
  .meta({
    anyOf: [
      { properties: { implementation: { enum: ['built-in'] }, keepAlive: { enum: [false] }, config: false } },
      { required: ['implementation'], properties: { implementation: program, config: false } },
      { required: ['implementation', 'config'], properties: { implementation: program, keepAlive: false } },
    ],
  })
  .optional()
  .describe('With dataplane proxy: what the proxy is.');
