import { unknownWord } from './suggestion.js';
import { resolved } from './topology-baselines.js';
import { CENTER_GROUPS } from './topology-groups.js';
import type { Assertion, Pair, TopologyFile } from './topology-schema.js';
import { formatPath, type Issue, type Path } from './yaml-position.js';

/** Finds what is wrong between the parts of a topology: names that lead nowhere, and assertions that nothing could meet. */
export function checkTopology(file: TopologyFile): Issue[] {
  const centers = Object.entries(file.centers).flatMap(([id, center]): Issue[] => {
    const path = ['centers', id];
    return [
      ...known('region', center.region, Object.keys(file.regions), [...path, 'region']),
      ...(center.standby === undefined ? [] : knownCenter(file, center.standby, [...path, 'standby'])),
      ...(center.standby === id ? [issue([...path, 'standby'], 'a centre cannot stand in for itself')] : []),
      ...checkBaselines(file, id),
    ];
  });
  const pairs = file.pairs.flatMap((pair, i) => checkPair(file, pair, i));
  const assertions = file.assertions.flatMap((assertion, i) => checkAssertion(file, assertion, i));
  return [...centers, ...pairs, ...checkServices(file), ...checkGroups(file), ...assertions];
}

/** A centre only says how it differs from what is usual, so what it names must stand above. */
function checkBaselines({ centers, baselines }: TopologyFile, id: string): Issue[] {
  return Object.entries(centers[id]?.baselines ?? {}).flatMap(([name, own]): Issue[] => {
    const path = ['centers', id, 'baselines', name];
    const usual = Object.hasOwn(baselines, name) ? baselines[name] : undefined;
    if (usual === undefined) {
      const message = `${formatPath(path)}: ${unknownWord('unknown baseline', name, Object.keys(baselines), 'known')}`;
      return [{ path, onKey: true, message }];
    }
    const value = resolved(usual, own);
    return value < 0 ? [issue(path, `${usual} ${own} is ${value}, and must be at least 0`)] : [];
  });
}

function checkServices(file: TopologyFile): Issue[] {
  return Object.entries(file.services).flatMap(([name, { centers, home }]): Issue[] => {
    const path = ['services', name];
    return [
      ...centers.flatMap((id, i) => knownCenter(file, id, [...path, 'centers', i])),
      ...repeated(centers, [...path, 'centers']),
      ...(home === undefined ? [] : homeIssues(file, home, centers, [...path, 'home'])),
    ];
  });
}

function homeIssues(file: TopologyFile, home: string, centers: readonly string[], path: Path): Issue[] {
  const unknown = knownCenter(file, home, path);
  if (unknown.length > 0 || centers.includes(home)) return unknown;
  return [issue(path, `"${home}" is not among its centers: ${centers.join(', ')}`)];
}

function checkGroups({ groups }: TopologyFile): Issue[] {
  const counted = Object.keys(groups)
    .filter((label) => CENTER_GROUPS.some((known) => known === label))
    .map((label) => {
      const message = `groups.${label}: is counted from centers, whose ${label} says it; write another label`;
      return { path: ['groups', label], onKey: true, message };
    });
  const twice = Object.entries(groups).flatMap(([label, values]) =>
    Object.entries(values).flatMap(([value, targets]) =>
      typeof targets === 'number' ? [] : repeated(targets, ['groups', label, value]),
    ),
  );
  return [...counted, ...twice];
}

function checkPair(file: TopologyFile, { between }: Pair, index: number): Issue[] {
  const path = ['pairs', index, 'between'];
  const [one, other] = between;
  const same = file.pairs.findIndex((pair) => pair.between.includes(one) && pair.between.includes(other));
  return [
    ...between.flatMap((id, i) => knownCenter(file, id, [...path, i])),
    ...(one === other ? [issue(path, 'a pair has two different centres')] : []),
    ...(one !== other && same < index ? [issue(path, `this pair stands above already, as number ${same + 1}`)] : []),
  ];
}

function checkAssertion(file: TopologyFile, assertion: Assertion, index: number): Issue[] {
  const path = ['assertions', index];
  const among = assertion.among ?? Object.keys(file.centers);
  const capacity = among.reduce((sum, id) => sum + (file.centers[id]?.capacity ?? 0), 0);
  const { name, minServing = 0, minCapacity = 0 } = assertion;
  return [
    ...(assertion.among ?? []).flatMap((id, i) => knownCenter(file, id, [...path, 'among', i])),
    ...repeated(assertion.among ?? [], [...path, 'among']),
    ...(file.assertions.findIndex((one) => one.name === name) < index
      ? [issue([...path, 'name'], 'is the name of an earlier assertion already')]
      : []),
    ...(minServing > among.length ? [issue([...path, 'minServing'], `there are only ${among.length} centres`)] : []),
    ...(minCapacity > capacity
      ? [issue([...path, 'minCapacity'], `all these centres together have only ${capacity}`)]
      : []),
  ];
}

function repeated(names: readonly string[], path: Path): Issue[] {
  return names.flatMap((name, i) =>
    names.indexOf(name) < i ? [issue([...path, i], `"${name}" stands in it already`)] : [],
  );
}

function knownCenter(file: TopologyFile, id: string, path: Path): Issue[] {
  return known('centre', id, Object.keys(file.centers), path);
}

function known(what: string, id: string, ids: readonly string[], path: Path): Issue[] {
  return ids.includes(id) ? [] : [issue(path, unknownWord(`unknown ${what}`, id, ids, 'known'))];
}

function issue(path: Path, message: string): Issue {
  return { path, message: `${formatPath(path)}: ${message}` };
}
