import Handlebars from 'handlebars';
import { HELPERS, handlebars, isHelper } from './template-helpers.js';
import { unknownWord } from './suggestion.js';
import type { Position } from './yaml-position.js';

/** A place to fill in: which one value it reads, and what it asks of that value. */
export interface Hole {
  readonly path: readonly string[];
  /** Something else is written when the value is missing. */
  readonly optional: boolean;
  /** The value must be a text, a number or true/false, not a list or a map. */
  readonly single: boolean;
  readonly program: ReturnType<typeof Handlebars.parse>;
}

/** Something in a template that is not allowed, and where in its text. */
export interface Mistake {
  readonly message: string;
  readonly within: Position;
}

/** What came of reading a template: fixed texts and holes in turn, or all mistakes. */
export type ParsedTemplate =
  | { readonly ok: true; readonly parts: readonly (string | Hole)[] }
  | { readonly ok: false; readonly mistakes: readonly Mistake[] };

/** What the templates of runbooks may read. */
export const ROOTS = ['labels', 'annotations', 'alert', 'params', 'config', 'topology'] as const;

/** What the templates of standing probes may read: there is no alert, but the centre that is asked about. */
export const STANDING_ROOTS = ['center', 'config', 'topology'] as const;

/** What the templates of messages may read. */
export const MESSAGE_ROOTS = ['message', 'execution', 'labels', 'annotations'] as const;

/** What one kind of templates may read. */
export type Roots = typeof ROOTS | typeof STANDING_ROOTS | typeof MESSAGE_ROOTS;

type Program = ReturnType<typeof Handlebars.parse>;
type Node = Program['body'][number];
type Mustache = Extract<Parameters<Handlebars.Visitor['MustacheStatement']>[0], Node>;
type PathNode = Parameters<Handlebars.Visitor['PathExpression']>[0];
type SubExpression = Parameters<Handlebars.Visitor['SubExpression']>[0];
type Content = Parameters<Handlebars.Visitor['ContentStatement']>[0];
type Reading = Pick<Hole, 'path' | 'optional' | 'single'>;

/**
 * Reads a template text and checks that it only fills in values: no blocks, partials, parents, data or foreign names.
 *
 * @param roots what it may read
 */
export function parseTemplate(text: string, roots: Roots = ROOTS): ParsedTemplate {
  const parsed = parseProgram(text);
  if ('message' in parsed) return { ok: false, mistakes: [parsed] };
  const parts: (string | Hole)[] = [];
  const mistakes: Mistake[] = [];
  for (const statement of parsed.body) {
    if (isContent(statement)) parts.push(statement.value);
    else if (statement.type !== 'CommentStatement') {
      const reading = readStatement(statement, roots);
      if ('message' in reading) mistakes.push(reading);
      else parts.push({ ...reading, program: { ...parsed, body: [statement] } });
    }
  }
  return mistakes.length > 0 ? { ok: false, mistakes } : { ok: true, parts };
}

function parseProgram(text: string): Program | Mistake {
  try {
    return handlebars.parse(text);
  } catch {
    const hint = text.includes('}}}') ? ', with a space before a third }' : '';
    return { message: `cannot be read as a template: write {{labels.name}}${hint}`, within: whereUnreadable(text) };
  }
}

/** Handlebars tells no column, so the first {{...}} that cannot be read by itself is taken. */
function whereUnreadable(text: string): Position {
  const found = [...text.matchAll(/\{\{[^]*?(?:\}\}\}?|$)/g)].find(([piece]) => {
    try {
      return handlebars.parse(piece) === undefined;
    } catch {
      return true;
    }
  });
  const before = text.slice(0, found?.index ?? 0).split('\n');
  return { line: before.length, column: (before.at(-1) ?? '').length + 1 };
}

function readStatement(node: Node, roots: Roots): Reading | Mistake {
  if (!isMustache(node)) return mistake(node, 'only {{value}} is allowed here: no blocks, partials or decorators');
  if (!node.escaped) return mistake(node, 'nothing is escaped, so write {{value}} with two braces');
  if (node.hash !== undefined) return mistake(node, 'name=value is not allowed here');
  if (!isPath(node.path)) return mistake(node, `a value must begin with one of ${roots.join(', ')}`);
  return node.params.length > 0 || isHelper(node.path.original)
    ? readHelper(node, node.path, node.params, roots)
    : readPath(node.path, true, roots);
}

function readHelper(node: Node, name: PathNode, params: readonly Node[], roots: Roots): Reading | Mistake {
  if (!isHelper(name.original))
    return mistake(node, unknownWord('unknown helper', name.original, Object.keys(HELPERS)));
  const [value, fallback] = params;
  if (value === undefined || params.length !== HELPERS[name.original].values)
    return mistake(node, HELPERS[name.original].usage);
  switch (name.original) {
    case 'json':
      return isSub(value) ? readSub(value, roots) : readPath(value, false, roots);
    case 'urlencode':
      return isSub(value) ? readSub(value, roots) : readPath(value, true, roots);
    case 'default': {
      if (fallback === undefined || !isLiteral(fallback)) return mistake(node, HELPERS.default.usage);
      const reading = readPath(value, true, roots);
      return 'message' in reading ? reading : { ...reading, optional: true };
    }
  }
}

function readSub(node: SubExpression, roots: Roots): Reading | Mistake {
  return node.hash === undefined
    ? readHelper(node, node.path, node.params, roots)
    : mistake(node, 'name=value is not allowed here');
}

function readPath(node: Node, single: boolean, roots: Roots): Reading | Mistake {
  if (!isPath(node)) return mistake(node, `a value must begin with one of ${roots.join(', ')}`);
  if (node.data) return mistake(node, `@${node.parts.join('.')} cannot be read: only ${roots.join(', ')} can`);
  if (node.depth > 0 || /^(this\b|\.)/.test(node.original)) {
    return mistake(node, `"${node.original}" cannot be read: begin with one of ${roots.join(', ')}`);
  }
  const [root = ''] = node.parts;
  if (!roots.some((name) => name === root)) return mistake(node, unknownWord('unknown name', root, roots));
  if (single && node.parts.length === 1)
    return mistake(node, `"${root}" is not a single value: name a part of it, such as ${root}.name`);
  return { path: node.parts, optional: false, single };
}

function mistake(node: Node, message: string): Mistake {
  return { message, within: { line: node.loc.start.line, column: node.loc.start.column + 1 } };
}

function isContent(node: Node): node is Content {
  return node.type === 'ContentStatement';
}
function isMustache(node: Node): node is Mustache {
  return node.type === 'MustacheStatement';
}
function isPath(node: Node): node is PathNode {
  return node.type === 'PathExpression';
}
function isSub(node: Node): node is SubExpression {
  return node.type === 'SubExpression';
}
function isLiteral(node: Node): boolean {
  return ['StringLiteral', 'NumberLiteral', 'BooleanLiteral'].includes(node.type);
}
