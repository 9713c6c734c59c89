import { z } from 'zod';
import { count, duration } from './values.ts';

/** The server behind the gateway. */
export const backend = z
  .strictObject({
    delay: duration({ min: 0 }, 'Delay before every response of the backend, e.g. 250ms.').prefault('0s'),
    status: count({ min: 200, max: 599 }, 'HTTP status of every response.').prefault(200),
    backlog: count(
      { min: 1, max: 65_535 },
      'Number of connections that each listening socket queues until they are accepted (listen(2)).',
    ).prefault(65_535),
  })
  .prefault({})
  .describe('Behaviour of the backend, to distinguish its faults from those of a full table.');
