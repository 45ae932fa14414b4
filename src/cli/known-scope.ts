import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readSources } from '../catalog/source-files.js';
import { glanceAt } from '../catalog/runbook-glance.js';
import { unknownWord } from '../catalog/suggestion.js';
import { parseYaml } from '../catalog/yaml-source.js';

const BUILT_IN = fileURLToPath(new URL('../../plugins', import.meta.url));

/**
 * Says when the name in a scope is none that this machine's runbooks and plugins know: whoever mistyped it must hear
 * that nothing is paused.
 *
 * @param scope with the right spelling
 * @param folder of the runbooks
 */
export async function unknownScope(scope: string, folder: string): Promise<string | undefined> {
  const [kind = '', name = ''] = scope.split(':');
  if (kind !== 'runbook' && kind !== 'plugin') return undefined;
  const { runbooks } = await readSources(folder);
  const glances = runbooks.flatMap(({ file, text }) => {
    const parsed = parseYaml(file, text);
    return parsed.ok ? [glanceAt(parsed.source.value)] : [];
  });
  const known =
    kind === 'runbook'
      ? glances.flatMap(({ metadata }) => metadata.name ?? [])
      : [...builtIn(), ...glances.flatMap(({ spec }) => spec.steps.flatMap(({ uses }) => uses?.split('/')[0] ?? []))];
  return known.includes(name) ? undefined : unknownWord(`there is no ${kind}`, name, [...new Set(known)], 'known here');
}

function builtIn(): string[] {
  return readdirSync(BUILT_IN).filter((name) =>
    ['index.js', 'index.ts'].some((file) => existsSync(join(BUILT_IN, name, file))),
  );
}
