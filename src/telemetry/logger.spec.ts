import { describe, expect, it } from 'vitest';
import { during } from './hop.js';
import { lineMask, makeLog, pluginLog, type Log, type LogFacts } from './logger.js';

function logInto(lines: Record<string, unknown>[], change: Partial<LogFacts> = {}) {
  const facts: LogFacts = {
    sourceId: 'edge-7',
    level: 'info',
    secrets: ['hunter2'],
    configVersion: () => 'abc',
    fallback: () => undefined,
    now: () => 0,
    ...change,
  };
  return makeLog(facts, { write: (line) => void lines.push(JSON.parse(line) as Record<string, unknown>) });
}

describe('the log of the service', () => {
  it('B3: says in every line which configuration is in force and who writes', () => {
    const lines: Record<string, unknown>[] = [];
    const log = logInto(lines);
    log.info('ready');
    log.warn({ executionId: 'x1', startMs: 3 }, 'slow');
    const both = { source_id: 'edge-7', config_version: 'abc' };
    expect(lines).toEqual([
      { level: 'info', time: expect.any(String), ...both, message: 'ready' },
      { level: 'warn', time: expect.any(String), ...both, execution_id: 'x1', start_ms: 3, message: 'slow' },
    ]);
  });

  it('B3: has a fallback_context just as long as a fallback is in force', () => {
    const lines: Record<string, unknown>[] = [];
    let fallback: ReturnType<LogFacts['fallback']>;
    const log = logInto(lines, { fallback: () => fallback });
    log.info('before');
    fallback = { trigger_reason: 'broken', original_endpoint: 'file:///rb', fallback_strategy: 'last-known-good' };
    log.info('while');
    fallback = undefined;
    log.info('after');
    expect(lines.map((line) => line['fallback_context'])).toEqual([
      undefined,
      { trigger_reason: 'broken', original_endpoint: 'file:///rb', fallback_strategy: 'last-known-good' },
      undefined,
    ]);
  });

  it('B4: names the request and the trace for which it is written', () => {
    const lines: Record<string, unknown>[] = [];
    const log = logInto(lines);
    const traceId = '4bf92f3577b34da6a3ce929d0e0e4736';
    during({ origin: { requestId: 'r1', traceId } }, () => log.info('on the way'));
    log.info('beside');
    expect(lines[0]).toMatchObject({ request_id: 'r1', trace_id: traceId });
    expect(Object.keys(lines[1]!)).not.toContain('trace_id');
  });

  it('I15: writes a line that comes again and again ten times, and then how often it came', () => {
    const lines: Record<string, unknown>[] = [];
    let now = 0;
    const log = logInto(lines, { now: () => now });
    for (let i = 0; i < 10_000; i++) log.warn({ error: 'ECONNREFUSED' }, 'Redis is away');
    expect(lines).toHaveLength(10);
    now = 10_000;
    log.info('something else');
    expect(lines.slice(10)).toMatchObject([
      { level: 'warn', left_out: 9_990, message: 'said so often that not every line was written: Redis is away' },
      { level: 'info', message: 'something else' },
    ]);
  });

  it('S18: masks secrets wherever they stand', () => {
    const lines: Record<string, unknown>[] = [];
    logInto(lines).warn({ error: 'no hunter2', deep: { list: ['hunter2'] } }, 'hunter2 is wrong');
    expect(lines).toMatchObject([{ error: 'no ***', deep: { list: ['***'] }, message: '*** is wrong' }]);
  });

  it('survives what cannot be written as JSON', () => {
    const lines: Record<string, unknown>[] = [];
    const circle: Record<string, unknown> = {};
    circle['self'] = circle;
    logInto(lines).warn(circle, 'round');
    logInto(lines).warn({ count: 1n }, 'large');
    expect(lines.map(({ message }) => message)).toEqual(['round', 'large']);
  });
});

describe('the log of a plugin', () => {
  it('S16: says who has written, whatever the plugin says of itself', () => {
    const lines: unknown[] = [];
    const write = (line: unknown): void => void lines.push(line);
    const log: Log = { debug: write, info: write, warn: write, error: write };
    pluginLog(log, { plugin: 'sms', verb: 'apply' }).warn('words', {
      plugin: 'bank',
      level: 'error',
      time: 0,
      to: 'x',
    });
    expect(lines).toEqual([
      { plugin: 'sms', verb: 'apply', said_plugin: 'bank', said_level: 'error', said_time: 0, to: 'x' },
    ]);
  });

  it('S16: nor that it works for another execution, in whichever way it writes the name', () => {
    const lines: Record<string, unknown>[] = [];
    const more = { execution_id: 'xb', executionId: 'xc', sourceId: 'other', traceId: 't', config_version: 'v9' };
    pluginLog(logInto(lines), { plugin: 'sms', executionId: 'xa' }).info('words', more);
    expect(lines).toMatchObject([
      { execution_id: 'xa', source_id: 'edge-7', config_version: 'abc', said_source_id: 'other' },
    ]);
    expect(lines[0]).not.toHaveProperty('trace_id');
  });
});

describe('S8: what alerts bring along', () => {
  it.each([
    ['a line break', '\n'],
    ['an escape of a terminal', '\u001b[2J'],
    ['the same in one character', '\u009b2J'],
    ['an erased character', '\u007f'],
    ['ends of lines that are none', '\u0085\u2028\u2029'],
    ['another direction of writing', '\u202e\u2066\u061c'],
    ['letters that nobody sees', '\ufeff\u200b\u{e0041}'],
  ])('cannot steer who reads the log, and is kept as it is: %s', (_what, text) => {
    const lines: string[] = [];
    const facts = { sourceId: 's', level: 'info', secrets: [], configVersion: () => 'v', fallback: () => undefined };
    makeLog({ ...facts, now: () => 0 }, { write: (line) => void lines.push(line) }).info({ target: text }, text);
    expect(lines.join('')).toMatch(/^[\x20-\x7e]+\n$/);
    expect(JSON.parse(lines.join(''))).toMatchObject({ target: text, message: text });
  });
});

it('S18: masks a secret also as JSON writes it', () => {
  const secret = 'a"b\\c\nd';
  const line = JSON.stringify({ message: `it said ${secret}`, secret });
  expect(lineMask([secret])(line)).toBe('{"message":"it said ***","secret":"***"}');
});
