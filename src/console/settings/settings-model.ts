import { stringify } from 'yaml';
import type { Config } from '../../config.js';
import { VARIABLES } from '../../config/settings.js';
import { masked } from './masked.js';

/** What is said of each part of the settings. */
const SECTIONS = [
  [
    'tokens',
    'Tokens',
    'Machines, and people at a terminal. Of a secret only its hash is known, and not even that is shown.',
  ],
  ['access', 'Access', 'Who people are, and what they may do beside the tokens.'],
  ['notify', 'Messages', 'Who is told of what.'],
  ['governor', 'Governor', 'Limits across all runbooks.'],
  ['probes', 'Standing probes', 'What is asked all the time.'],
  ['plugins', 'Plugins', 'What Firebreak may reach.'],
  ['permissions', 'Permissions', 'What each plugin in a process of its own may do.'],
  ['config', 'Config', 'What templates read as config.'],
] as const;

/** What stands in sections of their own; everything else has an environment variable. */
const IN_SECTIONS: readonly string[] = SECTIONS.map(([name]) => name);

/**
 * Makes what the page shows: the settings in force as firebreak.yaml would have them, durations in milliseconds.
 *
 * @param secrets that are masked wherever they stand
 */
export function settingsModel(config: Partial<Config>, secrets: readonly string[]) {
  const plain = Object.entries(config).filter(([name]) => !IN_SECTIONS.includes(name));
  return {
    status: 'As they were at the start; a change counts after a restart. Secrets are masked.',
    service: plain
      .map(([name, value]) => ({ name, variable: variableOf(name), value: textOf(value, secrets) }))
      .filter(({ value }) => value !== ''),
    sections: SECTIONS.map(([name, title, about]) => {
      const text = textOf(config[name], secrets);
      return { name, title, about, text, isEmpty: text === '' || text === '{}' || text === '[]' };
    }),
  };
}

function variableOf(name: string): string {
  return Object.entries(VARIABLES).find(([setting]) => setting === name)?.[1] ?? '';
}

function textOf(value: unknown, secrets: readonly string[]): string {
  if (value === undefined) return '';
  const shown = masked(value, secrets);
  return typeof shown === 'string' ? shown : stringify(shown).trim();
}
