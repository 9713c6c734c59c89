// Part of the build: writes scenarios/scenario.schema.json next to the shipped scenarios.
import { writeFileSync } from 'node:fs';
import { scenarioJsonSchema } from '../scenario/schema/json-schema.ts';

writeFileSync(new URL('../../scenarios/scenario.schema.json', import.meta.url), scenarioJsonSchema());
