import { compileText, type Compiled } from './template-engine.js';

const UNSAFE = /[\p{C}\p{Z}/*?\\]/u;
const MAX_PART = 256;

/**
 * Compiles the template of a target, `kind/part/part`. What is filled in can only be one part: a label must not be able
 * to name another target, all targets, or none.
 */
export function compileTarget(text: string): Compiled<string> {
  const compiled = compileText(text, inspectPart);
  if (!compiled.ok) return compiled;
  const shape = text.replaceAll(/\{\{[^]*?\}\}/g, 'x');
  const wrong = shape
    .split('/')
    .map(inspectPart)
    .find((objection) => objection !== undefined);
  return wrong === undefined
    ? compiled
    : { ok: false, mistakes: [{ path: [], within: { line: 1, column: 1 }, message: `a part of the target ${wrong}` }] };
}

function inspectPart(part: string): string | undefined {
  if (part === '') return 'is empty';
  if (part.length > MAX_PART) return `is longer than ${MAX_PART} characters`;
  if (part === '.' || part === '..' || UNSAFE.test(part)) {
    return `is ${JSON.stringify(part.slice(0, 60))}: a part of a target has no / * ? \\, white space or control characters`;
  }
  return undefined;
}
