import type { Sample } from '../../clients/instant-query.js';
import type { Ask } from './figures.js';
import { finding, untold, type Finding } from './finding.js';
import type { Params } from './params.js';

/** So many are named; of the others only the number is said. */
const MOST_NAMED = 20;

/** Which versions of each policy there are at one centre. */
type Present = ReadonlyMap<string, readonly string[]>;

/** Are all policies of the one centre also at the other, in the same version? */
export async function checkPolicies(
  { policies: wanted, center, from, label }: Params,
  ask: Ask,
): Promise<Finding | undefined> {
  if (wanted === undefined) return undefined;
  const samples = await ask(wanted.query);
  const [here, there] = [center, from].map((id) =>
    presentIn(
      samples.filter(({ labels }) => labels[label] === id),
      wanted,
    ),
  );
  for (const [id, present] of [
    [from, there],
    [center, here],
  ] as const) {
    if (present === undefined || present.size === 0)
      return untold(`the policies of ${id}`, 'the query has no data for it');
  }
  return here === undefined || there === undefined ? undefined : compared(here, there, { ...wanted, center, from });
}

function presentIn(samples: readonly Sample[], { label, version }: { label: string; version: string }): Present {
  const present = new Map<string, string[]>();
  for (const { labels, value } of samples) {
    const name = labels[label];
    // An info metric is 1 for what is there.
    if (name === undefined || name === '' || !(value > 0)) continue;
    present.set(name, [...(present.get(name) ?? []), labels[version] ?? '']);
  }
  return present;
}

function compared(
  here: Present,
  there: Present,
  { required, center, from }: { required: readonly string[]; center: string; from: string },
): Finding {
  const needed = [...new Set([...there.keys(), ...required])].sort();
  const missing = needed.filter((name) => !here.has(name));
  const differing = needed.flatMap((name) => {
    const [ours, theirs] = [said(here.get(name)), said(there.get(name))];
    const comparable = here.has(name) && there.has(name);
    return comparable && ours !== theirs ? [`${name} (${ours} at ${center}, ${theirs} at ${from})`] : [];
  });
  const unversioned = needed.filter((name) => [here, there].some((at) => at.get(name)?.includes('') === true));
  const values = { missing_policies: missing.length, differing_policies: differing.length };
  const faults = [
    ...(missing.length === 0 ? [] : [`missing at ${center}: ${listed(missing)}`]),
    ...(differing.length === 0 ? [] : [`in another version at ${center}: ${listed(differing)}`]),
  ];
  if (faults.length > 0) return finding(false, `policies ${faults.join(', and ')}`, values);
  if (unversioned.length > 0)
    return { ...untold('the versions of policies', `no version is given for ${listed(unversioned)}`), values };
  return finding(true, `all ${needed.length} policies that are needed are at ${center} in the same versions`, values);
}

/** In the middle of a release there may be several versions of one policy. */
function said(versions: readonly string[] = []): string {
  return [...new Set(versions)].sort().join(' and ') || 'no version';
}

function listed(names: readonly string[]): string {
  const more = names.length - MOST_NAMED;
  return `${names.slice(0, MOST_NAMED).join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}
