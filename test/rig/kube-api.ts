import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { EVERYTHING, FIREBREAK_ROLE } from './kube-api/access.js';
import { Controller } from './kube-api/controller.js';
import type { Made, Thing } from './kube-api/objects.js';
import { RESOURCES } from './kube-api/resources.js';
import { Server, type User } from './kube-api/server.js';
import { Store } from './kube-api/store.js';
import { projectRoot } from './project.js';
import { startStandIn, type SeenRequest, type StandIn, type StandInAnswer } from './stand-in.js';

const CERTIFICATE = join(projectRoot, 'test/fixtures/smtp/localhost.crt');
const KEY = join(projectRoot, 'test/fixtures/smtp/localhost.key');

/** The files of a client that trusts the stand-in, and that it trusts by its certificate. */
export const KUBE_FILES = { ca: CERTIFICATE, certificate: CERTIFICATE, key: KEY };

/** Bears the role that the README of the plugin shows. */
export const KUBE_TOKEN = 'canary-3e7a-firebreak';
/** May do everything. */
export const ADMIN_TOKEN = 'admin-token';

/** Comes between a request and its answer: `make` does what was asked for, and gives the answer to that. */
export type Meddling = (request: SeenRequest, make: () => StandInAnswer) => StandInAnswer;

/**
 * A stand-in for a Kubernetes API server: it is none, but speaks as one does, over TLS, for the kinds that the plugin
 * needs. Its objects have the fields of the official OpenAPI (a test compares them), and `kubectl` works with it.
 */
export interface KubeApi extends StandIn {
  /** Puts an object there, settled, as its controller would have left it. */
  readonly add: (kind: string, made: Made) => Thing;
  /** Gives an object as it is, past the wire. */
  readonly get: (kind: string, namespace: string | undefined, name: string) => Thing | undefined;
  /** Somebody else changes an object's specification or annotations. */
  readonly edit: (kind: string, namespace: string | undefined, name: string, how: (thing: Thing) => Thing) => void;
  readonly controller: Controller;
  readonly server: Server;
  /** How many writes have changed something. */
  readonly effects: () => number;
  readonly meddle: (meddling: Meddling) => void;
  /** Forgets all objects and everything that was different. */
  readonly clear: () => void;
}

/** Starts the stand-in, empty. Without TLS it is for those who put somebody in the middle. */
export async function startKubeApi(tls = true): Promise<KubeApi> {
  const store = new Store();
  const controller = new Controller(store);
  const firebreak: User = { name: 'system:serviceaccount:ops:firebreak', rules: FIREBREAK_ROLE };
  const users = new Map<string | undefined, User>([
    [`Bearer ${KUBE_TOKEN}`, firebreak],
    [`Bearer ${ADMIN_TOKEN}`, { name: 'admin', rules: EVERYTHING }],
  ]);
  const server = new Server(store, controller, ({ headers, client }) => {
    const { authorization } = headers;
    if (client !== undefined && authorization === undefined) return { ...firebreak, name: client };
    return typeof authorization === 'string' ? users.get(authorization) : undefined;
  });
  let meddling: Meddling = (_, make) => make();
  const files = { cert: readFileSync(CERTIFICATE), key: readFileSync(KEY) };
  const standIn = await startStandIn(
    (request) => meddling(request, () => server.answer(request)),
    tls ? { ...files, ca: files.cert, requestCert: true, rejectUnauthorized: false } : undefined,
  );
  const resourceOf = (kind: string) => {
    const resource = RESOURCES.find((each) => each.kind === kind);
    if (resource === undefined) throw new Error(`the stand-in knows no ${kind}`);
    return resource;
  };
  const get: KubeApi['get'] = (kind, namespace, name) => store.get({ resource: resourceOf(kind), namespace, name });
  return {
    ...standIn,
    add: (kind, made) => {
      const thing = store.add(kind, made);
      if (resourceOf(kind).scale) controller.adopt(thing);
      return get(kind, made.metadata.namespace, made.metadata.name) ?? thing;
    },
    get,
    edit: (kind, namespace, name, how) => {
      const thing = get(kind, namespace, name);
      if (thing === undefined) throw new Error(`there is no ${kind} ${name}`);
      controller.wake(store.write(resourceOf(kind), how(thing)));
    },
    controller,
    server,
    effects: () => store.effects,
    meddle: (given) => void (meddling = given),
    clear: () => {
      controller.stop();
      controller.pace = 'quick';
      server.admission = () => undefined;
      meddling = (_, make) => make();
      store.clear();
    },
    close: () => {
      controller.stop();
      return standIn.close();
    },
  };
}
