import { describe, expect, it } from 'vitest';
import { lineMask, pluginLog, type Log } from './logger.js';

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
});

it('S18: masks a secret also as JSON writes it', () => {
  const secret = 'a"b\\c\nd';
  const line = JSON.stringify({ message: `it said ${secret}`, secret });
  expect(lineMask([secret])(line)).toBe('{"message":"it said ***","secret":"***"}');
});
