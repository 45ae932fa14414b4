const COUNT = /^\{(\d+)(,?)(\d*)\}/;

/**
 * Estimates how many steps a pattern has when its counts are written out, as `a{3}` is `aaa`: that times the length of a
 * text is what matching it takes.
 *
 * @param pattern a regular expression, which may be none
 */
export function sizeOf(pattern: string): number {
  const groups: { before: number; last: number }[] = [];
  let [before, last] = [0, 0];
  for (let at = 0; at < pattern.length;) {
    const length = lengthOf(pattern, at);
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
    at += length;
  }
  return groups.reduce((size, group) => size + group.before + group.last, before + last);
}

/** One letter, one class of letters or one count. */
function lengthOf(pattern: string, at: number): number {
  const rest = pattern.slice(at);
  const found = COUNT.exec(rest.slice(0, 20)) ?? /^\\./s.exec(rest) ?? /^\[\^?\]?(?:\\.|[^\]\\])*\]/s.exec(rest);
  return found?.[0].length ?? 1;
}
