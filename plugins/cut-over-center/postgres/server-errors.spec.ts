import pg from 'pg';
import { describe, expect, it } from 'vitest';
import { PluginError } from '../../../src/plugin-sdk/index.js';
import { asPluginError, unlessUnreachable } from './server-errors.js';

const coded = (code: string) => Object.assign(new Error(`${code} 10.0.0.1:5432`), { code });
const stated = (state: string) =>
  Object.assign(new pg.DatabaseError('said by the server', 0, 'error'), { code: state });

describe('a PostgreSQL server that gives no answer to work with', () => {
  it.each([
    ...['ECONNREFUSED', 'ECONNRESET', 'EHOSTUNREACH', 'ENETUNREACH', 'ETIMEDOUT', 'EPIPE'].map(coded),
    ...['57P01', '57P02', '57P03', '08000', '08006'].map(stated),
    new Error('timeout expired'),
    new Error('Query read timeout'),
    new Error('Connection terminated unexpectedly'),
    new Error('Connection terminated due to connection timeout'),
    new Error('Client has encountered a connection error and is not queryable'),
  ])('is away: %s', async (error) => {
    const made = asPluginError(error, 'a');
    expect(made).toMatchObject({ code: 'target-unreachable', again: true });
    expect(await unlessUnreachable(Promise.reject(made))).toBeUndefined();
  });

  it.each<[unknown, string, boolean]>([
    [new Error('SASL: SCRAM-SERVER-FIRST-MESSAGE: client password must be a string'), 'not-understood', false],
    [new Error('The server does not support SSL connections'), 'not-understood', false],
    [coded('SELF_SIGNED_CERT_IN_CHAIN'), 'not-understood', false],
    [coded('ENOENT'), 'not-understood', false],
    [coded('EMFILE'), 'not-understood', false],
    [new TypeError('Cannot read properties of undefined'), 'not-understood', false],
    ['something', 'not-understood', false],
    [coded('ENOTFOUND'), 'address-unknown', true],
    [coded('EAI_AGAIN'), 'address-unknown', true],
    [stated('28P01'), 'refused-by-target', false],
    [stated('08004'), 'refused-by-target', false],
    [stated('42501'), 'not-permitted', false],
    [stated('53300'), 'refused-by-target', true],
  ])('I9: is not away, so nobody takes over: %s', async (error, code, again) => {
    const made = asPluginError(error, 'a');
    expect(made).toMatchObject({ code, again });
    await expect(unlessUnreachable(Promise.reject(made))).rejects.toBeInstanceOf(PluginError);
  });
});
