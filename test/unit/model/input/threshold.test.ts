import { describe, expect, it } from 'vitest';
import { parseSelector, selectorText } from '../../../../src/model/input/metrics.ts';
import { type Expression, holds, onlyWorsens, parseExpression } from '../../../../src/model/input/threshold.ts';

const parsed = (aggregation: string, operator: string, limit: number) => ({ aggregation, operator, limit });

describe("k6's threshold expressions", () => {
  // Every expression of k6's documentation (using-k6/thresholds, metrics reference) and of its parser's tests.
  it.each([
    ['rate<0.01', parsed('rate', '<', 0.01)],
    ['p(95)<200', parsed('p(95)', '<', 200)],
    ['avg < 200', parsed('avg', '<', 200)],
    ['count >= 500', parsed('count', '>=', 500)],
    ['p(90) < 300', parsed('p(90)', '<', 300)],
    ['count<100', parsed('count', '<', 100)],
    ['value<4000', parsed('value', '<', 4000)],
    ['rate>0.95', parsed('rate', '>', 0.95)],
    ['p(99)<300', parsed('p(99)', '<', 300)],
    ['p(70)<250', parsed('p(70)', '<', 250)],
    ['avg<200', parsed('avg', '<', 200)],
    ['med<150', parsed('med', '<', 150)],
    ['min<100', parsed('min', '<', 100)],
    ['rate<50', parsed('rate', '<', 50)],
    ['p(90) < 400', parsed('p(90)', '<', 400)],
    ['p(95) < 800', parsed('p(95)', '<', 800)],
    ['p(99.9) < 2000', parsed('p(99.9)', '<', 2000)],
    ['avg < 400', parsed('avg', '<', 400)],
    ['p(99) < 10', parsed('p(99)', '<', 10)],
    ['rate>0.9', parsed('rate', '>', 0.9)],
    ['p(99.99)<1000', parsed('p(99.99)', '<', 1000)],
    ['count>20', parsed('count', '>', 20)],
    ['p(0)<1', parsed('p(0)', '<', 1)],
    ['p(100)<1', parsed('p(100)', '<', 1)],
    ['  max  <=  1500.5  ', parsed('max', '<=', 1500.5)],
    ['count===0', parsed('count', '===', 0)],
    ['count==0', parsed('count', '==', 0)],
    ['count!=0', parsed('count', '!=', 0)],
    ['value>-1', parsed('value', '>', -1)],
    ['count<1e3', parsed('count', '<', 1000)],
    ['p(99.90)<1', parsed('p(99.9)', '<', 1)],
  ])('%s', (text, expression) => {
    expect(parseExpression(text)).toEqual(expression);
  });

  it.each([
    ['count!20', 'expected an aggregation, one of <= >= === == != < > and a number'],
    ['foo>20', 'unknown aggregation "foo"; use count, rate, value, avg, min, max, med or p(N)'],
    ['count>abc', 'expected a number after >, got "abc"'],
    ['count>', 'expected a number after >, got ""'],
    ['count > 1 2', 'got "1 2"'],
    ['<5', 'unknown aggregation ""'],
    ['p()<1', 'unknown aggregation "p()"'],
    ['p(99<1', 'write p(99) for a percentile, got p(99'],
    ['p(foo)<1', 'unknown aggregation'],
    ['p(NaN)<1', 'unknown aggregation'],
    ['p(+Inf)<1', 'unknown aggregation'],
    ['p(-1)<1', 'a percentile must be between 0 and 100, got p(-1)'],
    ['p(101)<1', 'a percentile must be between 0 and 100, got p(101)'],
    ['p95<200', 'write p(95) for a percentile, got p95'],
    ['', 'expected an aggregation'],
  ])('refuses %j', (text, problem) => {
    expect(parseExpression(text)).toContain(problem);
  });

  it.each([
    ['<', [true, false, false]],
    ['<=', [true, true, false]],
    ['>', [false, false, true]],
    ['>=', [false, true, true]],
    ['==', [false, true, false]],
    ['===', [false, true, false]],
    ['!=', [true, false, true]],
  ])('compares with %s', (operator, expected) => {
    const expression = parseExpression(`value${operator}5`) as Expression;
    expect([4, 5, 6].map((value) => holds(expression, value))).toEqual(expected);
    expect(holds(expression, null)).toBe(true);
  });
});

describe('an expression that is not met', () => {
  const worsens = (text: string) => {
    const parsed = parseExpression(text);
    return typeof parsed !== 'string' && onlyWorsens(parsed);
  };

  it.each(['count<10', 'count==0', 'max<0.5', 'max<=250', 'min>5', 'min>=5', 'rate==0', 'rate<=0'])(
    'never will be: %s',
    (text) => {
      expect(worsens(text)).toBe(true);
    },
  );

  it.each(['count>10', 'count==10', 'max>5', 'min<5', 'rate<0.01', 'rate!=0', 'avg<5', 'p(99)<250', 'value<5'])(
    'may be in the end: %s',
    (text) => {
      expect(worsens(text)).toBe(false);
    },
  );
});

describe('selectors', () => {
  it.each([
    ['conns', { name: 'conns', tags: {} }, 'conns'],
    ['conn_failed{flood:requests}', { name: 'conn_failed', tags: { flood: 'requests' } }, 'conn_failed{flood:requests}'],
    [
      ' conn_failed{ flood: "a" , cause:reset }',
      { name: 'conn_failed', tags: { flood: 'a', cause: 'reset' } },
      'conn_failed{cause:reset,flood:a}',
    ],
    ['group_duration{group:::individualRequests}', { name: 'group_duration', tags: { group: '::individualRequests' } }, null],
  ])('%s', (text, selector, normal) => {
    expect(parseSelector(text)).toEqual(selector);
    if (normal !== null) expect(selectorText(selector as Parameters<typeof selectorText>[0])).toBe(normal);
  });

  it.each(['', 'a{', 'a}', 'a}{b:c', 'a{b:c}d', 'a{b}', 'a{b:}', 'a{}', 'a{b:c,}', '{b:c}'])('refuses %j', (text) => {
    expect(parseSelector(text)).toBeUndefined();
  });
});
