import { expect, it } from 'vitest';
import { fuzzKubeProxyConfigs } from '../fixtures/fuzz/kube-proxy.ts';
import { fuzzRunFolders } from '../fixtures/fuzz/run-folders.ts';
import { fuzzScenarios } from '../fixtures/fuzz/scenarios.ts';
import { fuzzSummaries } from '../fixtures/fuzz/summaries.ts';

// A tenth of test/integration/long/side-by-side/fuzz.test.ts, with another seed.
it.each([
  ['scenarios, overrides and environments', fuzzScenarios, 2000],
  ['run folders', fuzzRunFolders, 500],
  ['summaries', fuzzSummaries, 200],
  ['kube-proxy configurations', fuzzKubeProxyConfigs, 200],
])(
  'damaged %s are accepted or get one clear error',
  (_, fuzz, count) => {
    const { wrong, accepted, refused } = fuzz(count, 1);
    expect(wrong).toEqual([]);
    expect(accepted).toBeGreaterThan(count / 20);
    expect(refused).toBeGreaterThan(count / 20);
  },
  240_000,
);
