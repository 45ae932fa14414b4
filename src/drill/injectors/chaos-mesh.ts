import { stringify } from 'yaml';
import { formatDuration } from '../../core/duration.js';
import type { Drill } from '../drill-schema.js';
import type { Inject } from '../inject-schema.js';
import type { Injector } from '../ports.js';
import { faultWords } from './fault-words.js';

/** A resource of Chaos Mesh; its kind says what it does. */
export interface ChaosResource {
  readonly apiVersion: 'chaos-mesh.org/v1alpha1';
  readonly kind: 'NetworkChaos' | 'PodChaos' | 'HTTPChaos';
  readonly metadata: {
    readonly name: string;
    readonly namespace: string;
    readonly labels: Readonly<Record<string, string>>;
  };
  readonly spec: Readonly<Record<string, unknown>>;
}

/** Runs kubectl with arguments and, on its standard input, a text; gives what it prints, or an error with what it complains of. */
export type Kubectl = (args: readonly string[], input: string) => Promise<string>;

/**
 * Renders the fault as a resource of Chaos Mesh; its `duration` ends it without anybody's help.
 *
 * @returns undefined for a drill through something else
 */
export function chaosResource({ metadata: { name }, spec: { inject } }: Drill): ChaosResource | undefined {
  const { chaosMesh } = inject;
  if (chaosMesh === undefined) return undefined;
  const { namespace, pods, percent } = chaosMesh;
  return {
    apiVersion: 'chaos-mesh.org/v1alpha1',
    ...faultOf(inject, {
      ...(percent === 100 ? { mode: 'all' } : { mode: 'fixed-percent', value: String(percent) }),
      selector: { namespaces: [namespace], labelSelectors: { ...pods } },
    }),
    metadata: {
      name: `firebreak-drill-${name}`,
      namespace,
      labels: { 'app.kubernetes.io/managed-by': 'firebreak', 'firebreak/drill': name },
    },
  };
}

function faultOf(inject: Inject, where: Readonly<Record<string, unknown>>): Pick<ChaosResource, 'kind' | 'spec'> {
  const { latency, errors, chaosMesh, for: forMs } = inject;
  const duration = formatDuration(forMs);
  if (latency !== undefined) {
    const delay = { latency: formatDuration(latency), jitter: '0ms', correlation: '0' };
    return { kind: 'NetworkChaos', spec: { action: 'delay', ...where, direction: 'to', delay, duration } };
  }
  // a killed pod stays killed: what brings it back is its own controller, so there is nothing that a duration could end
  if (errors === undefined) return { kind: 'PodChaos', spec: { action: 'pod-kill', ...where, gracePeriod: 0 } };
  const answers = { target: 'Response', port: chaosMesh?.port, path: '*', replace: { code: 503 } };
  return { kind: 'HTTPChaos', spec: { ...where, ...answers, duration } };
}

/** Writes it for `kubectl apply -f -`. */
export function chaosYaml(resource: ChaosResource): string {
  return stringify(resource);
}

/** Creates the resource by kubectl, and deletes it to take the fault back. */
export function chaosMesh(drill: Drill, kubectl: Kubectl): Injector | undefined {
  const resource = chaosResource(drill);
  if (resource === undefined) return undefined;
  const { kind, metadata } = resource;
  const named = [kind.toLowerCase(), metadata.name, '--namespace', metadata.namespace];
  return {
    what: `${faultWords(drill.spec.inject)} by ${kind} ${metadata.namespace}/${metadata.name} of Chaos Mesh`,
    endsItself: kind !== 'PodChaos',
    obstacle: async () => {
      const there = await kubectl(['get', ...named, '--ignore-not-found', '--output', 'name'], '');
      return there.trim() === ''
        ? undefined
        : `a fault is in force already: ${there.trim()}; unless a drill is being held, --undo takes it back`;
    },
    // create, not apply: it must not change what somebody else has made in the meantime
    begin: async () => void (await kubectl(['create', '--filename', '-'], chaosYaml(resource))),
    end: async () =>
      void (await kubectl(['delete', ...named, '--ignore-not-found', '--wait=true', '--timeout=20s'], '')),
  };
}
