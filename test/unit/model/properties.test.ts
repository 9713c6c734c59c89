import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { endpointText, parseEndpoint } from '../../../src/model/input/external.ts';
import { parseSelector, selectorText } from '../../../src/model/input/metrics.ts';
import { holds, parseExpression } from '../../../src/model/input/threshold.ts';
import { parseQuantity } from '../../../src/model/quantity.ts';
import { formatDuration, parseCount, parseDuration } from '../../../src/model/units.ts';
import { property } from '../../fixtures/property.ts';

describe('what is written is read back', () => {
  it(
    'a duration',
    property([fc.nat(10_000_000)], (milliseconds) => {
      expect(parseDuration(formatDuration(milliseconds / 1000))).toBeCloseTo(milliseconds / 1000, 6);
    }),
  );

  it(
    'an endpoint',
    property([fc.ipV4(), fc.integer({ min: 1, max: 65_535 })], (address, port) => {
      expect(parseEndpoint(endpointText({ address, port }))).toEqual({ address, port });
    }),
  );

  it(
    'a selector, in its normal form',
    property(
      [fc.stringMatching(/^[a-z_]+$/), fc.dictionary(fc.constantFrom('flood', 'cause'), fc.stringMatching(/^[a-z0-9_-]+$/))],
      (name, tags) => {
        const text = selectorText({ name, tags });
        expect(parseSelector(text)).toEqual({ name, tags });
        expect(selectorText(parseSelector(text) ?? { name: '', tags: {} })).toBe(text);
      },
    ),
  );

  it(
    'a threshold: one of < and >= holds, and spaces do not matter',
    property(
      [
        fc.constantFrom('count', 'max', 'p(99.9)', 'rate'),
        fc.double({ min: -1e9, max: 1e9, noNaN: true }),
        fc.double({ noNaN: true }),
      ],
      (aggregation, limit, value) => {
        const below = parseExpression(`${aggregation}<${limit}`);
        const notBelow = parseExpression(`  ${aggregation}  >=  ${limit} `);
        if (typeof below === 'string' || typeof notBelow === 'string') throw new Error(`${below} ${notBelow}`);
        expect([below.aggregation, below.limit]).toEqual([notBelow.aggregation, notBelow.limit]);
        expect(holds(below, value)).toBe(!holds(notBelow, value));
      },
    ),
  );
});

describe('any text is a value or none', () => {
  const text = fc.oneof(fc.string(), fc.string({ unit: 'grapheme' }), fc.stringMatching(/^[0-9.eE+-]*[a-zA-Zµ]{0,3}$/));

  it.each([
    ['a duration', parseDuration],
    ['a count', parseCount],
    ['a quantity', parseQuantity],
  ] as const)('as %s', (_, parse) => {
    property([text], (words) => {
      const value = parse(words);
      if (value !== undefined) expect(Number.isFinite(value) && value >= 0).toBe(true);
    })();
  });

  it(
    'as a threshold, a selector or an endpoint',
    property([text], (words) => {
      const expression = parseExpression(words);
      if (typeof expression !== 'string') expect(Number.isNaN(expression.limit)).toBe(false);
      parseSelector(words);
      const endpoint = parseEndpoint(words);
      if (endpoint !== undefined) expect(endpoint.port).toBeLessThanOrEqual(65_535);
    }),
  );
});
