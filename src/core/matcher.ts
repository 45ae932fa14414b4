import { RE2JS } from 're2js';
import type { Labels } from './alert.js';

/** One condition on one label, in Alertmanager's sense; an absent label counts as the empty string. */
export type Matcher =
  | { readonly name: string; readonly op: '=' | '!='; readonly value: string }
  | { readonly name: string; readonly op: '=~' | '!~'; readonly value: string; readonly regex: RE2JS };

/** What came of reading matchers: all of them, or what is wrong and where (0-based column). */
export type ParsedMatchers =
  { readonly ok: true; readonly matchers: readonly Matcher[] } | { readonly ok: false; readonly detail: string };

/** Tells whether one matcher holds for a label set. */
export function matches(matcher: Matcher, labels: Labels): boolean {
  return holdsFor(matcher, labels[matcher.name] ?? '');
}

/** Tells whether every matcher holds; an empty list holds for nothing, because "nothing said" must never mean "all". */
export function matchesAll(matchers: readonly Matcher[], labels: Labels): boolean {
  return matchers.length > 0 && matchers.every((matcher) => matches(matcher, labels));
}

/** Tells whether the matcher can hold for an alert that lacks the label altogether. */
export function matchesAbsent(matcher: Matcher): boolean {
  return holdsFor(matcher, '');
}

/** Writes a matcher the way Alertmanager would, with a quoted value. */
export function formatMatcher(matcher: Matcher): string {
  const name = /^[a-zA-Z_:][a-zA-Z0-9_:]*$/.test(matcher.name) ? matcher.name : JSON.stringify(matcher.name);
  return `${name}${matcher.op}${JSON.stringify(matcher.value)}`;
}

function holdsFor(matcher: Matcher, value: string): boolean {
  switch (matcher.op) {
    case '=':
      return value === matcher.value;
    case '!=':
      return value !== matcher.value;
    case '=~':
      return matcher.regex.matches(value);
    case '!~':
      return !matcher.regex.matches(value);
  }
}

/**
 * Reads one or more matchers in Alertmanager's syntax: `name="value"`, `!=`, `=~`, `!~`, separated by commas, optionally
 * in braces; names outside the classic alphabet stand in quotes (UTF-8 names). Regular expressions are RE2 and anchored.
 *
 * @param text for example `alertname="CenterDown"` or `{severity=~"warning|critical", "région"!=""}`
 */
export function parseMatchers(text: string): ParsedMatchers {
  const reader = new Reader(text);
  const braces = reader.take('{');
  const matchers: Matcher[] = [];
  while (!reader.atEnd() && !(braces && reader.sees('}'))) {
    const one = readMatcher(reader);
    if (!one.ok) return one;
    matchers.push(one.matcher);
    if (!reader.take(',')) break;
  }
  if (braces && !reader.take('}')) return reader.fail('a closing brace } is missing');
  if (!reader.atEnd()) return reader.fail('a comma or the end was expected');
  return matchers.length > 0 ? { ok: true, matchers } : reader.fail('a matcher such as alertname="X" was expected');
}

type ReadMatcher = { readonly ok: true; readonly matcher: Matcher } | { readonly ok: false; readonly detail: string };

function readMatcher(reader: Reader): ReadMatcher {
  const name = reader.sees('"') ? reader.quoted() : reader.pattern(/^[^\s"'{}=!~,\\`]+/);
  if (name === undefined || name === '') return reader.fail('a label name was expected');
  const op = reader.operator();
  if (op === undefined) return reader.fail('one of = != =~ !~ was expected');
  const value = reader.sees('"') ? reader.quoted() : (reader.pattern(/^[^\s"'{}=!~,\\`]+/) ?? '');
  if (value === undefined) return reader.fail('the quoted value does not end, or has a wrong escape');
  if (op === '=' || op === '!=') return { ok: true, matcher: { name, op, value } };
  try {
    return { ok: true, matcher: { name, op, value, regex: RE2JS.compile(value, RE2JS.DOTALL) } };
  } catch (error) {
    return reader.fail(
      `"${value}" is not a regular expression (RE2): ${error instanceof Error ? error.message : 'unreadable'}`,
    );
  }
}

class Reader {
  private at = 0;
  constructor(private readonly text: string) {}

  atEnd(): boolean {
    this.skipSpace();
    return this.at >= this.text.length;
  }

  sees(token: string): boolean {
    this.skipSpace();
    return this.text.startsWith(token, this.at);
  }

  take(token: string): boolean {
    const found = this.sees(token);
    if (found) this.at += token.length;
    return found;
  }

  operator(): Matcher['op'] | undefined {
    if (this.take('=~')) return '=~';
    if (this.take('!~')) return '!~';
    if (this.take('!=')) return '!=';
    return this.take('=') ? '=' : undefined;
  }

  pattern(shape: RegExp): string | undefined {
    this.skipSpace();
    const found = shape.exec(this.text.slice(this.at))?.[0];
    this.at += found?.length ?? 0;
    return found;
  }

  /** A double-quoted string with the escapes \" \\ and \n, as in Alertmanager. */
  quoted(): string | undefined {
    let value = '';
    for (let i = this.at + 1; i < this.text.length; i++) {
      const char = this.text[i];
      if (char === '"') {
        this.at = i + 1;
        return value;
      }
      if (char !== '\\') {
        value += char;
        continue;
      }
      const escape = ESCAPES.get(this.text[++i] ?? '');
      if (escape === undefined) return undefined;
      value += escape;
    }
    return undefined;
  }

  fail(what: string): { ok: false; detail: string } {
    return { ok: false, detail: `${what}, at column ${this.at + 1} of ${JSON.stringify(this.text)}` };
  }

  private skipSpace(): void {
    while (/\s/.test(this.text[this.at] ?? '')) this.at++;
  }
}

const ESCAPES = new Map([
  ['"', '"'],
  ['\\', '\\'],
  ['n', '\n'],
]);
