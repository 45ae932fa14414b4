import { readFile } from 'node:fs/promises';
import type { PromiseHttpLibrary, RequestContext } from '@kubernetes/client-node';
import { Agent } from 'undici';
import { z } from 'zod';
import { exchange, type HttpAnswer, type HttpMethod } from '../clients/http.js';
import { PluginError } from '../../src/plugin-sdk/index.js';
import type { ClusterConfig } from './config.js';
import { refusalOf } from './refusal.js';

/** The package `@kubernetes/client-node`: it is large, so it is loaded when it is needed. */
export type Kubernetes = typeof import('@kubernetes/client-node');

const ACCOUNT = '/var/run/secrets/kubernetes.io/serviceaccount';
const IN_CLUSTER = { server: 'https://kubernetes.default.svc', ca: `${ACCOUNT}/ca.crt`, tokenFile: `${ACCOUNT}/token` };
const methods = z.enum(['GET', 'PUT', 'PATCH']) satisfies z.ZodType<HttpMethod>;

/** The way to one API server: with our own limits, nothing from the environment, and an error for whatever is no success. */
export class Connection {
  private agent: Promise<Agent> | undefined;

  /**
   * Connects to nothing yet.
   *
   * @param name what the server is called in errors
   * @param config as configured
   * @param kubernetes the package
   */
  constructor(
    readonly name: string,
    private readonly config: ClusterConfig,
    private readonly kubernetes: Kubernetes,
  ) {}

  /**
   * Gives the parts of the API. Their calls throw PluginError: what `exchange` and `refusalOf` give, or `not-understood`.
   *
   * @param signal breaks off every call that is made through them
   */
  apis(signal: AbortSignal) {
    const { AppsV1Api, AutoscalingV2Api, CoreV1Api, PolicyV1Api } = this.kubernetes;
    const { createConfiguration, ServerConfiguration, wrapHttpLibrary } = this.kubernetes;
    const server = (this.config.server ?? IN_CLUSTER.server).replace(/\/+$/, '');
    const configuration = createConfiguration({
      baseServer: new ServerConfiguration(server, {}),
      httpApi: wrapHttpLibrary(this.library(signal)),
    });
    return {
      apps: new AppsV1Api(configuration),
      core: new CoreV1Api(configuration),
      autoscaling: new AutoscalingV2Api(configuration),
      policy: new PolicyV1Api(configuration),
    };
  }

  /** Lets go of the connections. */
  async close(): Promise<void> {
    await (await this.agent?.catch(() => undefined))?.destroy();
  }

  private library(signal: AbortSignal): PromiseHttpLibrary {
    const { ResponseContext, SelfDecodingBody } = this.kubernetes;
    return {
      send: async (request) => {
        const { status, text } = await this.send(request, signal);
        const body = new SelfDecodingBody(Promise.resolve(Buffer.from(text)));
        return new ResponseContext(status, { 'content-type': 'application/json' }, body);
      },
    };
  }

  private async send(request: RequestContext, signal: AbortSignal): Promise<HttpAnswer> {
    const method = methods.parse(request.getHttpMethod());
    const headers = { 'user-agent': 'firebreak', accept: 'application/json', ...(await this.credentials()) };
    const body = request.getBody();
    const type = method === 'PATCH' ? this.kubernetes.PatchStrategy.MergePatch : 'application/json';
    const wanted = { name: this.name, method, url: request.getUrl(), headers, timeoutMs: this.config.timeout };
    const carries = typeof body === 'string' ? { body, headers: { ...headers, 'content-type': type } } : {};
    const agent = await this.connect();
    signal.throwIfAborted();
    const answer = await exchange(agent, { ...wanted, ...carries }, signal);
    if (answer.status < 200 || answer.status > 299) throw refusalOf(this.name, answer);
    if (!isJson(answer.text))
      throw new PluginError(
        'not-understood',
        `${this.name} answered with something that is no JSON: is it an API server?`,
        false,
      );
    return answer;
  }

  private connect(): Promise<Agent> {
    this.agent ??= this.makeAgent().catch((error: unknown) => {
      this.agent = undefined; // the file may be there next time
      throw error;
    });
    return this.agent;
  }

  private async makeAgent(): Promise<Agent> {
    const { auth, ca = auth === 'in-cluster' ? IN_CLUSTER.ca : undefined } = this.config;
    const own =
      auth !== 'in-cluster' && 'certificate' in auth
        ? { cert: await this.read(auth.certificate), key: await this.read(auth.key) }
        : {};
    const trust = ca === undefined ? {} : { ca: await this.read(ca) };
    // A connection that is used again may be half dead: then nobody knows whether a write was made.
    return new Agent({ pipelining: 0, connect: { ...trust, ...own, allowH2: false, timeout: this.config.timeout } });
  }

  private async credentials(): Promise<Record<string, string>> {
    const { auth } = this.config;
    if (auth === 'in-cluster') return bearer(await this.read(IN_CLUSTER.tokenFile));
    if ('token' in auth) return bearer(auth.token);
    return 'tokenFile' in auth ? bearer(await this.read(auth.tokenFile)) : {};
  }

  private async read(path: string): Promise<string> {
    try {
      return await readFile(path, 'utf8');
    } catch {
      throw new PluginError('target-unreachable', `${path}, which is needed to reach ${this.name}, can't be read`);
    }
  }
}

function bearer(token: string): Record<string, string> {
  const text = token.trim();
  if (!/^[\x21-\x7e]{1,16384}$/.test(text))
    throw new PluginError('credentials-refused', 'the token has characters that none may have', false);
  return { authorization: `Bearer ${text}` };
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
