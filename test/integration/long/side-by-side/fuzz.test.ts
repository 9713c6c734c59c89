import { expect, it } from 'vitest';
import { fuzzKubeProxyConfigs } from '../../../fixtures/fuzz/kube-proxy.ts';
import { fuzzRunFolders } from '../../../fixtures/fuzz/run-folders.ts';
import { fuzzScenarios } from '../../../fixtures/fuzz/scenarios.ts';
import { fuzzSummaries } from '../../../fixtures/fuzz/summaries.ts';

it.each([
  ['scenarios, overrides and environments', fuzzScenarios, 20_000],
  ['run folders', fuzzRunFolders, 5000],
  ['summaries', fuzzSummaries, 2000],
  ['kube-proxy configurations', fuzzKubeProxyConfigs, 2000],
])(
  'damaged %s are accepted or get one clear error',
  (_, fuzz, count) => {
    const { wrong, accepted, refused } = fuzz(count, 2);
    expect(wrong).toEqual([]);
    expect(accepted).toBeGreaterThan(count / 20);
    expect(refused).toBeGreaterThan(count / 20);
  },
  600_000,
);
