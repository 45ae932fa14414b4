import { checkParameters } from '../catalog/check-parameters.js';
import { checkSchema } from '../catalog/check-schema.js';
import { isUnconfigured, type Names } from '../catalog/names.js';
import { unknownWord } from '../catalog/suggestion.js';
import type { Issue } from '../catalog/yaml-position.js';
import type { StandingProbe } from '../config/standing-probes.js';
import { MOST_POSTS, postsOf, type Ground } from './post.js';

/** What came of holding standing probes against plugins and topology. */
export interface CheckedProbes {
  /** Each with its place in firebreak.yaml. */
  readonly problems: readonly string[];
  readonly warnings: readonly string[];
}

/**
 * Finds everything that is wrong with the standing probes: names that lead nowhere, and parameters that the plugin would
 * refuse, for any centre that there is.
 *
 * @param names what the plugins have
 * @param ground the topology; when left out it cannot be read, and nothing is held against it
 */
export function checkStandingProbes(probes: readonly StandingProbe[], names: Names, ground?: Ground): CheckedProbes {
  const found = probes.flatMap((probe) =>
    [...checkCenter(probe, ground), ...checkProbe(probe, names, ground)].map(probe.explain),
  );
  const problems = [...new Set(found)];
  if (ground === undefined) return { problems, warnings: [] };
  const inVain = probes.filter(({ of }) => of === 'each' && Object.keys(ground.topology.centers).length === 0);
  const posts = postsOf(probes, ground).length;
  const tooMany = `standing probes: ${posts} probes and centres are too many, only the first ${MOST_POSTS} are asked`;
  return {
    problems,
    warnings: [
      ...inVain.map(({ name }) => `standing probe ${name} is asked for no centre: the topology has none`),
      ...(posts > MOST_POSTS ? [tooMany] : []),
    ],
  };
}

function checkCenter({ of }: StandingProbe, ground: Ground | undefined): Issue[] {
  if (of === 'each' || of === 'none' || ground === undefined) return [];
  const known = Object.keys(ground.topology.centers);
  if (known.includes(of.center)) return [];
  return [{ path: ['center'], message: `center: ${unknownWord('unknown centre', of.center, known, 'known')}` }];
}

function checkProbe(probe: StandingProbe, names: Names, ground: Ground | undefined): Issue[] {
  const known = names.probes.get(probe.probe);
  if (known === undefined) return [unknownProbe(probe.probe, names)];
  const issues = checkParameters(known.params, probe.with.source, ['with']);
  if (issues.length > 0 || ground === undefined) return issues;
  // What templates give is known here: there is no alert to wait for.
  return postsOf([probe], ground).flatMap(({ order, center = 'no centre' }): Issue[] => {
    if (!order.ok) return [{ path: ['with'], message: `with: for ${center}: ${order.detail}` }];
    const checked = checkSchema(known.params, order.value.with, ['with']);
    if (checked.ok) return [];
    return checked.issues.map(({ path, message }) => ({ path, message: `${message} (for ${center})` }));
  });
}

function unknownProbe(name: string, names: Names): Issue {
  const [plugin = ''] = name.split('/');
  const message = isUnconfigured(name, names)
    ? `probe: ${name} cannot be asked, because plugins.${plugin} is not configured`
    : `probe: ${unknownWord('unknown probe', name, [...names.probes.keys()], 'known')}`;
  return { path: ['probe'], message };
}
