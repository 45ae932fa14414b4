import type { Json } from '../core/json.js';

/** What came of taking a value for JSON. */
export type TakenJson =
  | { readonly ok: true; readonly json: Json }
  | { readonly ok: false; readonly detail: string; readonly path: readonly (string | number)[] };

const MAX_DEPTH = 64;
const MAX_VALUES = 50_000;

/** Copies a parsed value into plain, frozen JSON, or says what in it JSON cannot hold; also ends on data that contain themselves. */
export function jsonFrom(value: unknown): TakenJson {
  const copier = new Copier();
  const json = copier.copy(value, 0);
  return json === undefined ? { ok: false, detail: copier.complaint, path: copier.path } : { ok: true, json };
}

class Copier {
  complaint = 'not usable as JSON';
  /** Where the copying is, and after a refusal where it ended. */
  readonly path: (string | number)[] = [];
  private count = 0;

  copy(value: unknown, depth: number): Json | undefined {
    if (depth > MAX_DEPTH) return this.refuse('nested too deeply, or contains itself');
    if (++this.count > MAX_VALUES) return this.refuse(`more than ${MAX_VALUES} values`);
    if (value === null || typeof value === 'boolean' || typeof value === 'string') return value;
    if (typeof value === 'number') return Number.isFinite(value) ? value : this.refuse('numbers must be finite');
    if (typeof value !== 'object')
      return this.refuse(`a ${typeof value} is neither text, number, true, false, null, list nor map`);
    if (Array.isArray(value)) return this.list(value, depth);
    return isPlain(value)
      ? this.map(value, depth)
      : this.refuse('only texts, numbers, true, false, null, lists and maps can stand here');
  }

  private list(values: readonly unknown[], depth: number): Json | undefined {
    const list: Json[] = [];
    for (const [i, value] of values.entries()) {
      this.path.push(i);
      const json = this.copy(value, depth + 1);
      if (json === undefined) return undefined;
      list.push(json);
      this.path.pop();
    }
    return Object.freeze(list);
  }

  private map(value: object, depth: number): Json | undefined {
    const map: { [key: string]: Json } = {};
    const members: [string, unknown][] = Object.entries(value);
    for (const [key, member] of members) {
      this.path.push(key);
      if (key === '__proto__') return this.refuse('"__proto__" cannot be a key');
      const json = this.copy(member, depth + 1);
      if (json === undefined) return undefined;
      map[key] = json;
      this.path.pop();
    }
    return Object.freeze(map);
  }

  private refuse(complaint: string): undefined {
    this.complaint = complaint;
    return undefined;
  }
}

/** YAML's own sets, dates and binaries are objects of other kinds. */
function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || prototype === Object.prototype;
}
