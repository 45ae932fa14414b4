import { Agent } from 'undici';
import type { z } from 'zod';
import { PluginError } from '../../src/plugin-sdk/index.js';
import {
  base64,
  conditionOf,
  entryOf,
  grantAnswer,
  leaseAnswer,
  loginAnswer,
  operationOf,
  readAnswer,
  writeAnswer,
  type EtcdEntry,
  type EtcdWrite,
} from './etcd-messages.js';
import { etcdRefusal, fromJson } from './etcd-refusal.js';
import { exchange, type HttpAnswer } from './http.js';

/** Where a cluster is, and who asks. */
export interface EtcdOptions {
  /** What it is called in errors. */
  readonly name: string;
  /** Addresses of members, tried in this order. */
  readonly endpoints: readonly string[];
  readonly login?: { readonly username: string; readonly password: string } | undefined;
  /** For each request to each member, in milliseconds. */
  readonly timeoutMs: number;
}

/**
 * Asks and tells one etcd cluster (3.4 or later) through its JSON gateway. Everything that is sent may arrive twice, because
 * a member that does not answer is followed by the next one: reads, writes on a condition, and leases.
 */
export class EtcdCluster {
  private readonly agent = new Agent();
  private token: Promise<string> | undefined;
  /** The member that answered last is asked first. */
  private preferred = 0;

  constructor(private readonly options: EtcdOptions) {}

  /** Gives several keys as they are at one moment, agreed on by the cluster. Repeatable; throws PluginError. */
  async read(keys: readonly string[], signal: AbortSignal): Promise<(EtcdEntry | null)[]> {
    const success = keys.map((key) => ({ request_range: { key: base64(key) } }));
    const { responses } = await this.post('/v3/kv/txn', { success }, readAnswer, signal);
    return responses.map((response) => entryOf(response.response_range.kvs));
  }

  /**
   * Makes all writes in one step, if the key was last written at that revision of the store.
   *
   * @param condition '0' means that the key is not there
   * @returns false when it was not; nothing was written then, unless this request was and the first answer to it got lost
   * @throws PluginError after which it is unknown whether it took
   */
  async writeIf(
    condition: { readonly key: string; readonly modRevision: string },
    writes: readonly EtcdWrite[],
    signal: AbortSignal,
  ): Promise<boolean> {
    const compare = [conditionOf(condition.key, condition.modRevision)];
    const body = { compare, success: writes.map(operationOf) };
    return (await this.post('/v3/kv/txn', body, writeAnswer, signal)).succeeded;
  }

  /** Makes a lease that lapses after so many seconds unless it is renewed; one that nothing hangs on does no harm. */
  async grant(seconds: number, signal: AbortSignal): Promise<string> {
    return (await this.post('/v3/lease/grant', { TTL: String(seconds) }, grantAnswer, signal)).ID;
  }

  /** Gives for how many seconds a lease is granted each time it is renewed; undefined when it is over. */
  async grantedFor(lease: string, signal: AbortSignal): Promise<number | undefined> {
    const { TTL, grantedTTL } = await this.post('/v3/lease/timetolive', { ID: lease }, leaseAnswer, signal);
    return Number(TTL) < 0 ? undefined : Number(grantedTTL);
  }

  /** Lets go of the connections. */
  async close(): Promise<void> {
    await this.agent.close();
  }

  private async post<T>(path: string, body: object, schema: z.ZodType<T>, signal: AbortSignal): Promise<T> {
    for (let logins = 0; ; logins += 1) {
      const token = await this.login(signal);
      const answer = await this.anyMember(path, body, token, signal);
      if (answer.status === 200) return understood(this.options.name, answer, schema);
      const refusal = etcdRefusal(this.options.name, answer);
      if (!refusal.loginIsOver || token === undefined || logins > 0) throw refusal.error;
      this.token = undefined;
    }
  }

  /** Asks one member after the other until one can answer. */
  private async anyMember(
    path: string,
    body: object,
    token: string | undefined,
    signal: AbortSignal,
  ): Promise<HttpAnswer> {
    const { name, endpoints, timeoutMs } = this.options;
    const headers = { 'content-type': 'application/json', ...(token === undefined ? {} : { authorization: token }) };
    const failed: PluginError[] = [];
    for (let tried = 0; tried < endpoints.length; tried += 1) {
      const at = (this.preferred + tried) % endpoints.length;
      const endpoint = endpoints[at]?.replace(/\/+$/, '') ?? '';
      const member = `${name} (${endpoint})`;
      try {
        const wanted = { name: member, method: 'POST', url: `${endpoint}${path}`, headers, timeoutMs } as const;
        const answer = await exchange(this.agent, { ...wanted, body: JSON.stringify(body) }, signal);
        const refusal = answer.status === 200 ? undefined : etcdRefusal(member, answer);
        if (refusal?.passing === true) throw refusal.error;
        this.preferred = at;
        return answer;
      } catch (error) {
        if (!(error instanceof PluginError) || !error.again || signal.aborted) throw error;
        failed.push(error);
      }
    }
    const [first] = failed;
    throw new PluginError(first?.code ?? 'target-unreachable', failed.map((error) => error.message).join('; '));
  }

  private login(signal: AbortSignal): Promise<string | undefined> {
    const { login } = this.options;
    if (login === undefined) return Promise.resolve(undefined);
    this.token ??= this.authenticate(login, signal).catch((error: unknown) => {
      this.token = undefined;
      throw error;
    });
    return this.token;
  }

  private async authenticate(
    { username, password }: { readonly username: string; readonly password: string },
    signal: AbortSignal,
  ): Promise<string> {
    const { name } = this.options;
    const answer = await this.anyMember('/v3/auth/authenticate', { name: username, password }, undefined, signal);
    if (answer.status !== 200) throw etcdRefusal(name, answer).error;
    return understood(name, answer, loginAnswer).token;
  }
}

function understood<T>(name: string, answer: HttpAnswer, schema: z.ZodType<T>): T {
  const parsed = schema.safeParse(fromJson(answer.text));
  if (parsed.success) return parsed.data;
  throw new PluginError('not-understood', `what ${name} answered is not what etcd 3.4 or later answers`, false);
}
