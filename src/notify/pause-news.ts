import type { Pause } from '../core/pause.js';
import type { Fact } from '../engine/outbox.js';
import { moment, type News } from './news.js';

/** A person has pulled the kill switch. */
export function pausedNews({ id, scope, reason, by, at, until }: Pause): News {
  const end = until === undefined ? 'until a person lifts it' : `until ${moment(until)}`;
  return {
    id: `paused-${id}-${at}`,
    event: 'paused',
    title: `${wordsOf(scope)} is paused by ${by}`,
    text: [
      `Reason: ${reason}.`,
      `Nothing is begun there ${end}; what is in force can still be taken back.`,
      `Lift it: firebreak pause lift ${id} --reason "<why>"`,
    ].join('\n'),
    path: '/pauses',
  };
}

/** A person has lifted a pause. */
export function liftedNews({ pause, by, at, reason }: Extract<Fact, { is: 'lifted' }>): News {
  return {
    id: `unpaused-${pause.id}-${at}`,
    event: 'unpaused',
    title: `${wordsOf(pause.scope)} is no longer paused: ${by} has lifted it`,
    text: [
      ...(reason === undefined ? [] : [`Reason: ${reason}.`]),
      `It was paused by ${pause.by} at ${moment(pause.at)}: ${pause.reason}.`,
      'Whatever waits there goes on.',
    ].join('\n'),
    path: '/pauses',
  };
}

/** What routes hold a pause against. */
export function ofPause({ scope }: Pick<Pause, 'scope'>): { runbook?: string; target?: string } {
  if (scope.startsWith('runbook:')) return { runbook: scope.slice('runbook:'.length) };
  return scope.startsWith('target:') ? { target: scope.slice('target:'.length) } : {};
}

function wordsOf(scope: string): string {
  return scope === 'all' ? 'Everything' : scope.replace(':', ' ');
}
