import type { Agent } from 'undici';
import { z } from 'zod';
import { PluginError, secret } from '../../../src/plugin-sdk/index.js';
import { AddressRules, allowSchema } from '../address-rules.js';
import { guardedAgent } from '../guarded-agent.js';
import { exchange, httpUrl, type HttpAnswer } from '../http.js';
import { timeoutSchema } from '../timeout.js';
import type { FilledRequest } from './request.js';

const printable = z.string().regex(/^[\x21-\x7e]+$/, 'must be printable ASCII without blanks');

const auth = z.union([
  z.strictObject({ bearer: secret().pipe(printable) }),
  z.strictObject({ username: z.string().regex(/^[\x20-9;-\x7e]{1,200}$/), password: secret() }),
  z.strictObject({ header: z.string().regex(/^[A-Za-z][A-Za-z0-9_-]{0,63}$/), value: secret().pipe(printable) }),
]);

/** The fields of an endpoint in a plugin's configuration. */
export const endpointFields = {
  /** The address that all paths begin from. */
  url: httpUrl.refine((text) => {
    const url = URL.parse(text);
    return url !== null && url.search === '' && url.hash === '';
  }, 'must have no query and no fragment'),
  /** A bearer token, a user name with its password, or a header with its value. */
  auth: auth.optional(),
  /** Who may be asked although the address is no public one: host names, addresses and ranges. */
  allow: allowSchema,
  /** For each request with its answer. */
  timeout: timeoutSchema('3s'),
};

const fields = z.strictObject(endpointFields);

/** An endpoint as configured; `timeout` is in milliseconds. */
export type EndpointConfig = z.infer<typeof fields>;

const MAX_BODY = 256 * 1024;

/** One service that requests go to, and nowhere else: through the guarded agent, with its credentials. */
export class Endpoint {
  private readonly agent: Agent;
  private readonly origin: string;
  private readonly base: string;

  /**
   * Connects to nothing yet.
   *
   * @param name what it is called in errors
   * @param config as configured
   */
  constructor(
    readonly name: string,
    private readonly config: EndpointConfig,
  ) {
    const { origin, pathname } = new URL(config.url);
    this.agent = guardedAgent(new AddressRules(config.allow));
    this.origin = origin;
    this.base = pathname.replace(/\/+$/, '');
  }

  /**
   * Makes one request and gives its answer, whatever the status; redirects are answers.
   *
   * @param signal breaks it off
   * @throws PluginError `target-unreachable`, `timed-out`, `aborted`, `answer-too-long`, `not-understood`,
   *   `address-not-allowed`, or `bad-request` when the request can't be sent as it is
   */
  async send(request: FilledRequest, signal: AbortSignal): Promise<HttpAnswer> {
    signal.throwIfAborted();
    const { method, body } = request;
    const headers = { 'user-agent': 'firebreak', accept: '*/*', ...request.headers, ...this.credentials() };
    if (Object.entries(headers).some(([, value]) => !/^[\x20-\x7e]{0,4000}$/.test(value))) {
      throw new PluginError('bad-request', `a header for ${this.name} would have characters that none may have`, false);
    }
    if (body !== undefined && Buffer.byteLength(body) > MAX_BODY) {
      throw new PluginError('bad-request', `the request to ${this.name} has more than 256 KiB`, false);
    }
    const wanted = { name: this.name, method, url: this.urlOf(request), headers, timeoutMs: this.config.timeout };
    return exchange(this.agent, body === undefined ? wanted : { ...wanted, body }, signal);
  }

  /** Lets go of the connections. */
  close(): Promise<void> {
    return this.agent.destroy();
  }

  /** What is sent is exactly what was filled in: nothing in it may lead elsewhere when it is read as an address. */
  private urlOf({ path, query, rawQuery }: FilledRequest): string {
    const wanted = path === '/' && this.base !== '' ? this.base : this.base + path;
    const url = new URL(this.origin + wanted);
    if (url.origin !== this.origin || url.pathname !== wanted || url.search !== '' || url.hash !== '') {
      throw new PluginError('bad-request', `the path of a request to ${this.name} would lead elsewhere`, false);
    }
    url.search = rawQuery ?? new URLSearchParams(query).toString();
    return url.href;
  }

  private credentials(): Record<string, string> {
    const { auth: given } = this.config;
    if (given === undefined) return {};
    if ('bearer' in given) return { authorization: `Bearer ${given.bearer}` };
    if ('header' in given) return { [given.header.toLowerCase()]: given.value };
    const both = Buffer.from(`${given.username}:${given.password}`).toString('base64');
    return { authorization: `Basic ${both}` };
  }
}
