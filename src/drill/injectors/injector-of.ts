import type { Drill } from '../drill-schema.js';
import type { Injector } from '../ports.js';
import { chaosMesh, type Kubectl } from './chaos-mesh.js';
import { haproxyServer } from './haproxy.js';
import { httpSwitch } from './http-switch.js';

/**
 * Gives what makes the drill's fault and takes it back.
 *
 * @param secret gives the value of an environment variable
 * @param kubectl is used only for Chaos Mesh
 */
export function injectorOf(drill: Drill, secret: (name: string) => string | undefined, kubectl: Kubectl): Injector {
  const { inject } = drill.spec;
  const injector = httpSwitch(inject, secret) ?? haproxyServer(inject) ?? chaosMesh(drill, kubectl);
  // the schema lets nothing else through
  if (injector === undefined) throw new Error('the drill names nothing through which the fault is made');
  return injector;
}
