import { MappingType, type ValueMapping } from '@grafana/grafana-foundation-sdk/dashboard';

/**
 * Gives texts a colour; the text itself stays, so that nobody has to tell colours apart.
 *
 * @param colors which text has which colour
 */
export function colored(colors: Readonly<Record<string, string>>): ValueMapping[] {
  const options = Object.fromEntries(Object.entries(colors).map(([text, color], index) => [text, { color, index }]));
  return [{ type: MappingType.ValueToText, options }];
}

/** How executions end. */
export const OUTCOMES = colored({
  succeeded: 'green',
  accepted: 'green',
  'not-needed': 'blue',
  'dry-run': 'blue',
  reverted: 'orange',
  cancelled: 'orange',
  rejected: 'orange',
  expired: 'orange',
  blocked: 'orange',
  failed: 'red',
});

/** How grave an alert calls itself. */
export const SEVERITIES = colored({ critical: 'red', warning: 'orange', info: 'blue' });
