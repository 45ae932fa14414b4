import type { Fact } from '../engine/outbox.js';
import { moment, type News } from './news.js';

/** Somebody came in with the account for emergencies. */
export function breakGlassNews({ by, from, at }: Extract<Fact, { is: 'break-glass' }>): News {
  return {
    id: `break-glass-${at}-${by.replaceAll(/[^\w.@-]/g, '_').slice(0, 60)}`,
    event: 'break-glass',
    title: `${by} has logged in with an account for emergencies`,
    text: `At ${moment(at)}, ${from}.\nIf nobody of you did this, change the password of the account and look at the audit.`,
    path: '/audit',
  };
}
