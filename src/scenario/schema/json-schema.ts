import { z } from 'zod';
import { externalLab } from './external.ts';
import { scenarioFile } from './file.ts';

/** Both kinds of files in one, so that an editor completes both; `ctload validate` checks which sections a driver allows. */
const eitherFile = scenarioFile.extend({
  lab: z
    .union([externalLab, scenarioFile.shape.lab])
    .optional()
    .describe('The three machines of the lab: client, gateway and backend.'),
  gateway: scenarioFile.shape.gateway.optional().describe('The gateway under test. Required, except with driver external.'),
});

/** The JSON Schema of a scenario file (draft 7, which every editor knows): the text of scenarios/scenario.schema.json. */
export function scenarioJsonSchema(): string {
  const schema = z.toJSONSchema(eitherFile, { io: 'input', target: 'draft-7' });
  return `${JSON.stringify({ ...schema, title: 'ctload scenario' }, null, 2)}\n`;
}
