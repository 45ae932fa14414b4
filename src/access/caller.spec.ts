import type { FastifyRequest } from 'fastify';
import { expect, it } from 'vitest';
import { remember, whence } from './caller.js';
import { LOCAL } from './person.js';

// a request of the real server is too much for what is looked at here
const asked = (request: Pick<FastifyRequest, 'ip'>): request is FastifyRequest => request.ip !== '';

function request(): FastifyRequest {
  const made = { ip: '127.0.0.1' };
  if (!asked(made)) throw new Error('has no address');
  return made;
}

it('says for the audit by which account, how it was shown, and from where', () => {
  const shown = request();
  remember(shown, { person: { name: 'ann', account: 'token:ann', grants: [] }, via: 'token' });
  expect(whence(shown)).toBe('token:ann by token from 127.0.0.1');
});

it('names no way where none was needed, and nobody where nobody was identified', () => {
  const open = request();
  remember(open, { person: LOCAL, via: 'nothing' });
  expect(whence(open)).toBe('local from 127.0.0.1');
  expect(whence(request())).toBe('nobody from 127.0.0.1');
});
