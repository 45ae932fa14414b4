import { describe, expect, it } from 'vitest';
import type { Request } from './load.js';
import { outageAround } from './outage.js';

/** One request every 20 ms from 0, answered after 5 ms; `+` is a success, `-` a failure. */
function requests(pattern: string): readonly Request[] {
  return pattern.split('').map((sign, i) => ({
    sentAt: i * 20,
    doneAt: i * 20 + 5,
    ok: sign === '+',
    status: sign === '+' ? 200 : 503,
    center: sign === '+' ? 'b' : '',
  }));
}

describe('outageAround', () => {
  it('finds the first of three successes in a row', () => {
    const outage = outageAround(requests('+++---+-+++++'), 50, 3);
    expect(outage).toEqual({ lastSuccessBefore: 45, failed: 4, firstSuccessAfter: 125, backAt: 165, backOn: 'b' });
  });

  it('does not call the service back while too few answers have come', () => {
    expect(outageAround(requests('+++---++'), 50, 3).backAt).toBeUndefined();
  });

  it('counts nothing while nothing has failed', () => {
    const outage = outageAround(requests('++++++'), 50, 3);
    expect(outage).toMatchObject({ failed: 0, backAt: undefined, firstSuccessAfter: undefined });
  });

  it('does not blame the fault for a failure before it', () => {
    expect(outageAround(requests('-++--++++'), 50, 3)).toMatchObject({ failed: 2, lastSuccessBefore: 45, backAt: 105 });
  });
});
