/** One kind of object that the stand-in serves. */
export interface Resource {
  readonly group: string;
  readonly version: string;
  readonly plural: string;
  readonly singular: string;
  readonly kind: string;
  readonly namespaced: boolean;
  /** Counts changes of the specification. */
  readonly generation: boolean;
  readonly scale: boolean;
}

const one = (
  group: string,
  version: string,
  plural: string,
  kind: string,
  differs: Partial<Resource> = {},
): Resource => {
  const singular = kind.toLowerCase();
  return { group, version, plural, singular, kind, namespaced: true, generation: false, scale: false, ...differs };
};

/** What the stand-in serves, and nothing else. */
export const RESOURCES: readonly Resource[] = [
  one('apps', 'v1', 'deployments', 'Deployment', { generation: true, scale: true }),
  one('apps', 'v1', 'statefulsets', 'StatefulSet', { generation: true, scale: true }),
  one('', 'v1', 'nodes', 'Node', { namespaced: false }),
  one('', 'v1', 'namespaces', 'Namespace', { namespaced: false }),
  one('autoscaling', 'v2', 'horizontalpodautoscalers', 'HorizontalPodAutoscaler'),
  one('policy', 'v1', 'poddisruptionbudgets', 'PodDisruptionBudget', { generation: true }),
];

/** What a path means. */
export interface Place {
  readonly resource: Resource;
  readonly namespace: string | undefined;
  /** Absent for the list of all. */
  readonly name: string | undefined;
  readonly scale: boolean;
}

/** Reads a path such as `/apis/apps/v1/namespaces/shop/deployments/web/scale`; undefined when it means nothing. */
export function placeOf(path: string): Place | undefined {
  const parts = path.split('/').slice(1).map(decodeURIComponent);
  const [group, version, rest] =
    parts[0] === 'api'
      ? ['', parts[1], parts.slice(2)]
      : parts[0] === 'apis'
        ? [parts[1], parts[2], parts.slice(3)]
        : [];
  if (rest === undefined) return undefined;
  const [namespace, [plural, name, sub, ...more]] =
    rest[0] === 'namespaces' && rest.length > 2 ? [rest[1], rest.slice(2)] : [undefined, rest];
  const resource = RESOURCES.find((each) => each.group === group && each.version === version && each.plural === plural);
  if (resource === undefined || more.length > 0 || (sub !== undefined && !(sub === 'scale' && resource.scale)))
    return undefined;
  // A list may leave the namespace out: then it is of all of them.
  if (resource.namespaced ? name !== undefined && namespace === undefined : namespace !== undefined) return undefined;
  return { resource, namespace, name, scale: sub === 'scale' };
}

const GROUPS = [...new Set(RESOURCES.map(({ group }) => group))];

/** What `kubectl` asks before anything else: which groups, versions and kinds there are; undefined for other paths. */
export function discovery(path: string) {
  const versionOf = (group: string) => RESOURCES.find((each) => each.group === group)?.version ?? 'v1';
  if (path === '/version') return { major: '1', minor: '32', gitVersion: 'v1.32.0+stand-in', platform: 'linux/amd64' };
  if (path === '/api') return { kind: 'APIVersions', versions: ['v1'], serverAddressByClientCIDRs: [] };
  if (path === '/apis') {
    const groups = GROUPS.filter((name) => name !== '').map((name) => {
      const version = { groupVersion: `${name}/${versionOf(name)}`, version: versionOf(name) };
      return { name, versions: [version], preferredVersion: version };
    });
    return { kind: 'APIGroupList', apiVersion: 'v1', groups };
  }
  const group = GROUPS.find((name) => path === (name === '' ? '/api/v1' : `/apis/${name}/${versionOf(name)}`));
  if (group === undefined) return undefined;
  const verbs = ['get', 'list', 'patch', 'update'];
  const resources = RESOURCES.filter((each) => each.group === group).flatMap((each) => {
    const { plural: name, singular: singularName, namespaced, kind } = each;
    const itself = { name, singularName, namespaced, kind, verbs };
    const scaled = {
      name: `${name}/scale`,
      singularName: '',
      namespaced,
      group: 'autoscaling',
      version: 'v1',
      kind: 'Scale',
      verbs,
    };
    return each.scale ? [itself, scaled] : [itself];
  });
  return { kind: 'APIResourceList', groupVersion: path.replace(/^\/apis?\//, ''), resources };
}
