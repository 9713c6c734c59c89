import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Expectation } from '../../model/result/expectation.ts';
import type { Capacity } from '../../model/timeline/capacity.ts';
import { parseScenario } from '../../scenario/load.ts';
import { expectationOf } from '../../sizing/expectation.ts';
import { RESOLVED_FILE } from './results.ts';

/** What the model expected of the run in `folder`; undefined when its scenario is gone or from another version of ctload. */
export function readExpectation(folder: string, capacity: Capacity): Expectation | undefined {
  try {
    const path = join(folder, RESOLVED_FILE);
    return expectationOf(parseScenario(readFileSync(path, 'utf8'), path).scenario, capacity);
  } catch {
    return undefined;
  }
}
