import { z } from 'zod';
import { scenarioFile } from './file.ts';

/** The JSON Schema of a scenario file (draft 7, which every editor knows): the text of scenarios/scenario.schema.json. */
export function scenarioJsonSchema(): string {
  const schema = z.toJSONSchema(scenarioFile, { io: 'input', target: 'draft-7' });
  return `${JSON.stringify({ ...schema, title: 'ctload scenario' }, null, 2)}\n`;
}
