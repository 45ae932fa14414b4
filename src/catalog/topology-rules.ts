import { unknownWord } from './suggestion.js';
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
    ];
  });
  const pairs = file.pairs.flatMap((pair, i) => checkPair(file, pair, i));
  const assertions = file.assertions.flatMap((assertion, i) => checkAssertion(file, assertion, i));
  return [...centers, ...pairs, ...checkGroups(file), ...assertions];
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
