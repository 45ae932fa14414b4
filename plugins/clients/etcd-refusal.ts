import { z } from 'zod';
import { PluginError } from '../../src/plugin-sdk/index.js';
import type { HttpAnswer } from './http.js';

const refusal = z.object({ message: z.string().default(''), error: z.string().default(''), code: z.int().default(0) });

// The codes of gRPC, which etcd's gateway passes on.
const NOT_FOUND = 5;
const NO_PERMISSION = 7;
const UNAUTHENTICATED = 16;
/** Cancelled, deadline, exhausted, internal, unavailable: what passes. */
const PASSING: readonly number[] = [1, 4, 8, 13, 14];

/** What etcd said instead of an answer. */
export interface EtcdRefusal {
  /** The login is over, or was made before the rights were changed: a new one helps. */
  readonly loginIsOver: boolean;
  /** Another member, or the same one later, may answer. */
  readonly passing: boolean;
  readonly error: PluginError;
}

/**
 * Reads an answer that is none.
 *
 * @param name what the cluster is called
 */
export function etcdRefusal(name: string, answer: HttpAnswer): EtcdRefusal {
  const { text, code } = saidBy(answer);
  const said = `${name} answered: ${text}`;
  const wrongLogin = /authentication failed|user name is empty|authentication is not enabled/.test(text);
  const loginIsOver = !wrongLogin && (code === UNAUTHENTICATED || text.includes('auth store is old'));
  const passing = answer.status >= 500 || PASSING.includes(code);
  const error = (kind: string, advice = '', again = false) => new PluginError(kind, `${said}${advice}`, again);
  if (wrongLogin) {
    return { loginIsOver, passing: false, error: error('bad-credentials', ' (look at username and password)') };
  }
  if (loginIsOver) return { loginIsOver, passing: false, error: error('bad-credentials', '', true) };
  if (passing) return { loginIsOver, passing, error: error('target-failed', '', true) };
  if (code === NO_PERMISSION) {
    const advice = ' (the user needs to read and write below prefix and marks)';
    return { loginIsOver, passing, error: error('refused-by-target', advice) };
  }
  const isLease = code === NOT_FOUND && text.includes('lease');
  return { loginIsOver, passing, error: error(isLease ? 'lease-gone' : 'refused-by-target') };
}

function saidBy({ status, text }: HttpAnswer): { readonly text: string; readonly code: number } {
  const parsed = refusal.safeParse(fromJson(text));
  const said = parsed.success ? parsed.data.message || parsed.data.error : '';
  return { text: said === '' ? `HTTP ${status}` : said.slice(0, 200), code: parsed.success ? parsed.data.code : 0 };
}

/** Gives what a text says as JSON, or undefined. */
export function fromJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
