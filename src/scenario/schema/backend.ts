import { z } from 'zod';
import { count, duration } from './values.ts';

/** What stands behind the gateway. */
export const backend = z
  .strictObject({
    delay: duration({ min: 0 }, 'How long the backend takes over every answer.').prefault('0s'),
    status: count({ min: 200, max: 599 }, 'HTTP status of every answer.').prefault(200),
    backlog: count(
      { min: 1, max: 65_535 },
      'Connections a listening socket queues until they are accepted (listen(2)).',
    ).prefault(65_535),
  })
  .prefault({})
  .describe('How the backend behaves, to tell its faults from those of a full table.');
