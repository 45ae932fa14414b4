import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { findPlugins } from '../src/plugin-host/find-plugins.js';
import type { Plugin, Provided } from '../src/plugin-sdk/plugin.js';
import { projectRoot } from './rig/project.js';
import { allShownSettings, shownSettings } from './rig/shown-settings.js';

const folder = join(projectRoot, 'plugins');
const found = await findPlugins(folder);
const plugins: readonly Plugin[] = found.ok ? found.plugins : [];

function provided(plugin: Plugin): Provided {
  const log = { info: () => undefined, warn: () => undefined };
  return plugin.instantiate(allShownSettings(plugin.id), log).provided;
}

/** Texts of the specs that speak of a plugin. */
function specsOf(id: string): string[] {
  const below = (where: string): string[] =>
    readdirSync(join(projectRoot, where), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.ts') && !name.includes('node_modules'))
      .map((name) => readFileSync(join(projectRoot, where, name), 'utf8'));
  return [...below(`plugins/${id}`), ...below('test/integration').filter((text) => text.includes(`plugins/${id}/`))];
}

/** Plugins whose actions have the names that their settings give them. */
const NAMED_BY_OPERATORS: ReadonlySet<string> = new Set(['command']);

describe.each(plugins.map((plugin) => [plugin.id, plugin] as const))('the page of %s', (id, plugin) => {
  it('shows settings that are right, each by itself', () => {
    const shown = shownSettings(id);
    expect(shown.length).toBeGreaterThan(0);
    for (const one of shown) expect(plugin.config.safeParse(one).error).toBeUndefined();
  });

  it('names every part that the plugin has with these settings', () => {
    const page = readFileSync(join(folder, id, 'README.md'), 'utf8');
    const parts = provided(plugin);
    const names = [parts.actions, parts.probes, parts.notifiers].flatMap((some) => Object.keys(some ?? {}));
    expect(names.length).toBeGreaterThan(0);
    expect(names.filter((name) => !page.includes(`${id}/${name}`) && !page.includes(`\`${name}\``))).toEqual([]);
  });

  it('each action keeps the contract in some spec', () => {
    const specs = specsOf(id).filter((text) => text.includes('describeActionContract('));
    if (NAMED_BY_OPERATORS.has(id)) {
      expect(specs).not.toEqual([]);
      return;
    }
    const missing = Object.keys(provided(plugin).actions ?? {}).filter(
      (name) => !specs.some((text) => text.includes(`action: '${name}'`)),
    );
    expect(missing).toEqual([]);
  });
});
