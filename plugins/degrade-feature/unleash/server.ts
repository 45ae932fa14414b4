import type { Agent } from 'undici';
import { z } from 'zod';
import { exchange } from '../../clients/http.js';
import { PluginError } from '../../../src/plugin-sdk/index.js';
import type { UnleashServerConfig } from './config.js';
import { fromJson, refusal } from './refusal.js';

/** Which switch: a feature in one environment. */
export interface Switch {
  readonly project: string;
  readonly feature: string;
  readonly environment: string;
}

/** A switch as Unleash has it. */
export interface Sight {
  readonly enabled: boolean;
  /** How many strategies say who has the feature when it is on. */
  readonly strategies: number;
  /** Number of the event by which it was last turned; 0 when it never was. */
  readonly event: number;
  /** Who turned it last; undefined when it was the owner of our token, or nobody. */
  readonly other: string | undefined;
}

const features = z.object({
  environments: z.array(
    z.object({
      name: z.string(),
      enabled: z.boolean(),
      strategies: z.array(z.object({ disabled: z.boolean().nullish() })).default([]),
    }),
  ),
});
const happened = z.object({
  events: z.array(z.object({ id: z.int().min(1), createdBy: z.string(), createdByUserId: z.int().nullish() })).max(1),
});
// A user has an id and perhaps an e-mail address; all old admin tokens share one id, and are told apart by their names.
const whoami = z.object({
  user: z.object({
    id: z.int().optional(),
    internalAdminTokenUserId: z.int().optional(),
    email: z.string().nullish(),
    username: z.string().nullish(),
  }),
});

interface Owner {
  readonly id: number;
  readonly names: readonly string[];
}

/** One Unleash server, through its admin API. */
export class UnleashServer {
  private owner: Owner | undefined;

  /**
   * @param name what it is called in errors
   * @param timeoutMs for each question
   */
  constructor(
    private readonly name: string,
    private readonly config: UnleashServerConfig,
    private readonly agent: Agent,
    private readonly timeoutMs: number,
  ) {}

  /** Reads a switch. Repeatable; throws PluginError `unknown-name`, `archived` and what stands at `refusal` and `exchange`. */
  async look(at: Switch, signal: AbortSignal): Promise<Sight> {
    const owner = (this.owner ??= await this.whoAmI(signal));
    // The state first: what is turned in between has an event that no plan has seen.
    const state = await this.state(at, signal);
    const query = new URLSearchParams({
      project: `IS:${at.project}`,
      feature: `IS:${at.feature}`,
      environment: `IS:${at.environment}`,
      type: 'IS_ANY_OF:feature-environment-enabled,feature-environment-disabled',
      limit: '1',
    });
    const { events } = await this.read(`/search/events?${query}`, happened, signal);
    const [last] = events;
    const ours = last === undefined || (last.createdByUserId === owner.id && isNamed(owner, last.createdBy));
    return { ...state, event: last?.id ?? 0, other: ours ? undefined : last.createdBy.slice(0, 100) };
  }

  /** Turns a switch, whatever it is: Unleash's API knows no condition. Throws PluginError like `look`. */
  async turn(at: Switch, enabled: boolean, signal: AbortSignal): Promise<void> {
    await this.ask(
      'POST',
      `${pathOf(at)}/environments/${encodeURIComponent(at.environment)}/${enabled ? 'on' : 'off'}`,
      signal,
    );
  }

  private async state(at: Switch, signal: AbortSignal): Promise<Pick<Sight, 'enabled' | 'strategies'>> {
    const { environments } = await this.feature(at, signal);
    const found = environments.find((one) => one.name === at.environment);
    if (found !== undefined)
      return { enabled: found.enabled, strategies: found.strategies.filter((one) => one.disabled !== true).length };
    const known = environments
      .map((one) => one.name)
      .join(', ')
      .slice(0, 300);
    const what = `${at.feature} has no environment ${at.environment} in ${this.name}; there are ${known}`;
    throw new PluginError('unknown-name', what, false);
  }

  private async feature(at: Switch, signal: AbortSignal): Promise<z.infer<typeof features>> {
    try {
      return await this.read(pathOf(at), features, signal);
    } catch (error) {
      if (!(error instanceof PluginError) || error.code !== 'unknown-name') throw error;
      // Unleash answers as if an archived feature had never been, but not to this question.
      const still = `${pathOf(at)}/environments/${encodeURIComponent(at.environment)}`;
      if (
        !(await this.ask('GET', still, signal).then(
          () => true,
          () => false,
        ))
      )
        throw error;
      throw new PluginError('archived', `${at.feature} is archived in ${this.name}: revive it first`, false);
    }
  }

  private async whoAmI(signal: AbortSignal): Promise<Owner> {
    // The answer may hold the token itself.
    const { user } = await this.read('/user', whoami, signal);
    const id = user.id ?? user.internalAdminTokenUserId;
    const names = [user.email, user.username].filter((one) => typeof one === 'string');
    if (id !== undefined) return { id, names };
    throw new PluginError('not-understood', `${this.name} does not say whose token it is given`, false);
  }

  private async read<T>(path: string, schema: z.ZodType<T>, signal: AbortSignal): Promise<T> {
    const parsed = schema.safeParse(fromJson(await this.ask('GET', path, signal)));
    if (parsed.success) return parsed.data;
    const [what] = path.split('?', 1);
    const advice = 'is it the address of an Unleash server?';
    throw new PluginError('not-understood', `${this.name} gave no known answer to ${what ?? path}: ${advice}`, false);
  }

  private async ask(method: 'GET' | 'POST', path: string, signal: AbortSignal): Promise<string> {
    const { url, token } = this.config;
    const wanted = {
      name: this.name,
      method,
      url: `${url.replace(/\/+$/, '')}/api/admin${path}`,
      headers: { accept: 'application/json', authorization: token },
      timeoutMs: this.timeoutMs,
    };
    const answer = await exchange(this.agent, wanted, signal);
    if (answer.status < 200 || answer.status >= 300) throw refusal(this.name, answer);
    return answer.text;
  }
}

function pathOf({ project, feature }: Switch): string {
  return `/projects/${encodeURIComponent(project)}/features/${encodeURIComponent(feature)}`;
}

function isNamed({ id, names }: Owner, name: string): boolean {
  return id > 0 || names.includes(name);
}
