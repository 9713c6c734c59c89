// Part of the build: writes scenarios/scenario.schema.json beside the shipped scenarios.
import { writeFileSync } from 'node:fs';
import { scenarioJsonSchema } from './json-schema.ts';

writeFileSync(new URL('../../scenarios/scenario.schema.json', import.meta.url), scenarioJsonSchema());
