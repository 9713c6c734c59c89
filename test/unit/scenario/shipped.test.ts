import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { loadSeconds } from '../../../src/model/input/scenario.ts';
import { loadScenario, parseScenario } from '../../../src/scenario/load.ts';
import { scenarioJsonSchema } from '../../../src/scenario/schema/json-schema.ts';
import { STARTER } from '../../../src/scenario/starter.ts';
import { predict } from '../../../src/sizing/predict.ts';

const FOLDER = 'scenarios';

/** What each scenario's name and comments promise. Seconds to a full table; undefined: it never is. */
const PROMISES: Readonly<Record<string, readonly [full: number | undefined, load: number]>> = {
  'burst.yaml': [9.3, 25],
  'websockets.yaml': [10, 21],
  'stale.yaml': [12, 18],
  'mixed.yaml': [16.5, 20],
  'smoke.yaml': [1.7, 3],
  'held.yaml': [undefined, 15],
  'half-open.yaml': [1.4, 5],
  'dns.yaml': [0.8, 8],
  'node-default.yaml': [23.8, 27],
  'million.yaml': [32.8, 36],
  'websockets-250k.yaml': [52.4, 60],
  'remedies.yaml': [8.5, 60],
  'ipv6.yaml': [5.8, 8],
  'one-destination.yaml': [undefined, 8],
  'dual-stack.yaml': [5.9, 8],
  'udp-streams.yaml': [undefined, 16],
  'health-checks.yaml': [0.8, 8],
  'dns-race.yaml': [undefined, 20],
  'dataplanes.yaml': [undefined, 52],
};
const files = readdirSync(FOLDER).filter((name) => name.endsWith('.yaml'));

describe('the shipped scenarios', () => {
  it('are those that are promised', () => {
    expect(files.sort()).toEqual(Object.keys(PROMISES).sort());
  });

  it.each(files)('%s is valid, named after its file, and tells the editor its schema', (file) => {
    const { scenario } = loadScenario(`${FOLDER}/${file}`);
    expect(`${scenario.name}.yaml`).toBe(file);
    expect(scenario.description).not.toBe('');
    expect(readFileSync(`${FOLDER}/${file}`, 'utf8').split('\n')[0]).toBe(
      '# yaml-language-server: $schema=./scenario.schema.json',
    );
  });

  it.each(Object.entries(PROMISES))('%s does what its name says', (file, [full, load]) => {
    const { scenario } = loadScenario(`${FOLDER}/${file}`);
    const prediction = predict(scenario);
    expect(loadSeconds(scenario.floods)).toBe(load);
    expect(prediction.outcome).toBe(full === undefined ? 'holds' : 'breaks');
    if (full === undefined) expect(prediction.fullAfterSeconds).toBeNull();
    else expect(prediction.fullAfterSeconds).toBeCloseTo(full, 0);
  });

  it('mixed breaks only because its floods share the table', () => {
    const { scenario } = loadScenario(`${FOLDER}/mixed.yaml`);
    for (const { name } of scenario.floods) {
      const alone = { ...scenario, floods: scenario.floods.filter((flood) => flood.name === name) };
      expect(predict(alone).outcome).toBe('holds');
    }
  });
});

it('the starter of `ctload init` is valid and breaks', () => {
  expect(predict(parseScenario(STARTER, 'ctload.yaml').scenario).outcome).toBe('breaks');
});

it('the committed JSON Schema is current: run `npm run build` when this fails', () => {
  expect(readFileSync(`${FOLDER}/scenario.schema.json`, 'utf8')).toBe(scenarioJsonSchema());
});
