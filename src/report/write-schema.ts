import { writeFileSync } from 'node:fs';
import { summaryJsonSchema } from './summary-schema.ts';

// Entry point, run by the build: writes the JSON Schema beside the sources, wherever the build runs from.
writeFileSync(new URL('../../src/report/summary.schema.json', import.meta.url), summaryJsonSchema());
