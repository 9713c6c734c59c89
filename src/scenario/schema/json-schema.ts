import { z } from 'zod';
import { externalLab } from './external.ts';
import { scenarioFile } from './file.ts';

/** Either kind of file in one: an editor completes both, and leaves it to `ctload validate` which sections a driver has. */
const eitherFile = scenarioFile.extend({
  lab: z.union([externalLab, scenarioFile.shape.lab]).optional().describe('The three machines: client, gateway, backend.'),
  gateway: scenarioFile.shape.gateway.optional().describe('The machine under test. Required, but for driver external.'),
});

/** The JSON Schema of a scenario file (draft 7, which every editor knows): the text of scenarios/scenario.schema.json. */
export function scenarioJsonSchema(): string {
  const schema = z.toJSONSchema(eitherFile, { io: 'input', target: 'draft-7' });
  return `${JSON.stringify({ ...schema, title: 'ctload scenario' }, null, 2)}\n`;
}
