import { describe, expect, it } from 'vitest';
import { startTracing } from './tracing.js';
import { TracingTrouble } from './tracing-trouble.js';

const NAME = { version: '1.0.0', sourceId: 'here' };

describe('tracing', () => {
  it.each([
    {},
    { OTEL_TRACES_EXPORTER: 'none', OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:1' },
    { OTEL_SDK_DISABLED: 'true', OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:1' },
    { OTEL_EXPORTER_OTLP_ENDPOINT: '' },
  ])('is off, and changes nothing, with %j', async (given: NodeJS.ProcessEnv) => {
    const env = { ...given };
    const tracing = await startTracing(env, NAME);
    expect(tracing.isOn).toBe(false);
    expect(env).toEqual(given);
    await tracing.stop();
  });
});

describe('a collector that does not take spans', () => {
  it('I15: is said once a minute, however often it fails, with what was not said', () => {
    let now = 0;
    const said: unknown[] = [];
    const trouble = new TracingTrouble(() => now);
    trouble.tellTo({ warn: (about: unknown) => void said.push(about) });
    for (; now < 120_000; now += 100)
      trouble.error('{"stack":"Error: x\\n at y","message":"connect ECONNREFUSED","name":"Error"}');
    expect(said).toEqual([
      { detail: 'connect ECONNREFUSED', notSaid: 0 },
      { detail: 'connect ECONNREFUSED', notSaid: 599 },
    ]);
  });

  it('is said of a setting that is not known as soon as there is a log', () => {
    const said: unknown[] = [];
    const trouble = new TracingTrouble(() => 0);
    trouble.warn('Exporter "jaegar" is not available');
    trouble.warn('no exporters');
    trouble.tellTo({ warn: (about: unknown) => void said.push(about) });
    expect(said).toEqual([{ detail: 'Exporter "jaegar" is not available', notSaid: 1 }]);
  });

  it('is said in a line that is not long', () => {
    const said: { detail?: string }[] = [];
    const trouble = new TracingTrouble();
    trouble.tellTo({ warn: (about: object) => void said.push(about) });
    trouble.warn('x'.repeat(10_000));
    expect(said[0]?.detail).toHaveLength(300);
  });
});
