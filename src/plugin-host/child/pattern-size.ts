const COUNT = /^\{(\d+)(,?)(\d*)\}/;
const CLASS = /^\[\^?\]?(?:\\.|[^\]\\])*\]/s;

/**
 * Estimates how many steps a pattern has when its counts are written out, as `a{3}` is `aaa`: that times the length of a
 * text is what matching it takes.
 *
 * @param pattern a regular expression, which may be none
 */
export function sizeOf(pattern: string): number {
  const groups: { before: number; last: number }[] = [];
  let [before, last] = [0, 0];
  // a class that is never closed is looked for once only: from each bracket on it would take the square of the length
  let canClose = true;
  for (let at = 0; at < pattern.length;) {
    const length = lengthOf(pattern, at, canClose);
    if (length === undefined) canClose = false;
    const count = COUNT.exec(pattern.slice(at, at + 20));
    if (count !== null) last *= Math.max(1, Number(count[1]), Number(count[3]));
    else if (pattern[at] === '(') {
      groups.push({ before, last });
      [before, last] = [0, 0];
    } else if (pattern[at] === ')') {
      const inside = before + last;
      ({ before, last } = groups.pop() ?? { before, last: 0 });
      [before, last] = [before + last, inside + 1];
    } else [before, last] = [before + last, 1];
    at += length ?? 1;
  }
  return groups.reduce((size, group) => size + group.before + group.last, before + last);
}

/** One letter, one class of letters or one count; undefined for the bracket of a class that is never closed. */
function lengthOf(pattern: string, at: number, canClose: boolean): number | undefined {
  const rest = pattern.slice(at);
  if (rest.startsWith('[')) return canClose ? CLASS.exec(rest)?.[0].length : 1;
  return (COUNT.exec(rest.slice(0, 20)) ?? /^\\./s.exec(rest))?.[0].length ?? 1;
}
