import { describe, expect, it } from 'vitest';
import { askedInstant, askedRange, askedSelectors, timeoutOf } from './asked.js';
import { Parameters } from './parameters.js';

const asked = (query: string, form?: string): Parameters =>
  new Parameters(`/prometheus/api/v1/x?${query}`, form === undefined ? undefined : new URLSearchParams(form));
const RANGE = 'query=x&start=0&end=60&step=1';

describe('S10: what would be enormous is refused before anything is read', () => {
  it.each([
    ['start=0&end=1e15', '"end"'],
    ['start=-1e300&end=0', '"start"'],
    ['start=NaN&end=0', '"start"'],
    ['start=0&end=Infinity', '"end"'],
    ['start=0x10&end=60', '"start"'],
    ['start=0&end=60&step=0', 'zero or negative'],
    ['start=0&end=60&step=-1', 'zero or negative'],
    ['start=0&end=60&step=1e-9', 'at least'],
    ['start=0&end=60&step=NaN', '"step"'],
    ['start=0&end=60&step=1e308', '"step"'],
    ['start=0&end=60&step=1e999', '"step"'],
    ['start=0&end=12000', '11,000 points'],
    ['start=-8640000000000&end=8640000000000&step=1', '11,000 points'],
    ['start=0&end=60&limit=-1', '"limit"'],
    ['start=0&end=60&limit=1e9', '"limit"'],
    ['start=0&end=60&limit=9999999999999999', '"limit"'],
  ])('%s', (what, said) => {
    const parameters = asked(`query=x&${what}${what.includes('step=') ? '' : '&step=1'}`);
    expect(askedRange(parameters)).toMatchObject({ ok: false, error: expect.stringContaining(said) });
  });

  it.each(['timeout=NaN', 'timeout=1e999', 'timeout=forever', 'timeout=%00'])('%s', (what) =>
    expect(timeoutOf(asked(what))).toMatchObject({ ok: false, errorType: 'bad_data' }),
  );

  it('also when many selectors share it among themselves', () => {
    const long = `match[]=${encodeURIComponent(`x{a="${'y'.repeat(4_000)}"}`)}`;
    expect(askedSelectors(asked([long, long].join('&')), [])).toMatchObject({ ok: true });
    const error = expect.stringMatching(/together|there may be/);
    expect(askedSelectors(asked([long, long, long].join('&')), [])).toMatchObject({ ok: false, error });
    expect(askedSelectors(asked('match[]=x&'.repeat(11)), [])).toMatchObject({ ok: false, error });
  });
});

describe('a parameter that is said twice', () => {
  it('S2: means the first one, that of the form before that of the address', () => {
    expect(askedRange(asked(`${RANGE}&step=0&end=1e15`))).toMatchObject({ ok: true, grid: { count: 61 } });
    expect(askedInstant(asked('query=1&query=2'), 0)).toMatchObject({ query: { is: 'number', value: 1 } });
    expect(askedInstant(asked('query=1&time=5', 'query=2'), 0)).toMatchObject({ at: 5_000, query: { value: 2 } });
  });
});
