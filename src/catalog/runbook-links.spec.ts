import { describe, expect, it } from 'vitest';
import { checkLinks, type Link, type Linked } from './runbook-links.js';

const file = (name: string, escalate?: string, propose?: string): Linked => {
  const link = (key: Link['key'], to: string | undefined, line: number): Link[] =>
    to === undefined ? [] : [{ key, to, at: { file: `${name}.yaml`, line, column: 3, message: '' } }];
  const links = [...link('spec.escalate', escalate, 7), ...link('spec.guards.storm.propose', propose, 8)];
  return { file: `${name}.yaml`, name: { text: name }, links };
};
const problems = (...files: Linked[]) =>
  checkLinks(files).map(({ file: in_, line, message }) => `${in_}:${line}: ${message}`);

describe('runbooks that name others', () => {
  it('may name any other of the folder', () => {
    expect(problems(file('a', 'b', 'c'), file('b', 'c', 'a'), file('c', undefined, 'b'))).toEqual([]);
  });

  it('must not name one that is not there, with the place and what was probably meant', () => {
    expect(problems(file('a', 'second'), file('secnd', undefined, 'x'))).toEqual([
      'a.yaml:7: spec.escalate: unknown runbook "second": did you mean "secnd"? known: a, secnd',
      'secnd.yaml:8: spec.guards.storm.propose: unknown runbook "x"; known: a, secnd',
    ]);
  });

  it('must not name themselves', () => {
    expect(problems(file('a', 'a', 'a'))).toEqual([
      'a.yaml:7: spec.escalate: must name another runbook, not this one',
      'a.yaml:8: spec.guards.storm.propose: must name another runbook, not this one',
    ]);
  });

  it('must not escalate in a circle, of which each is told once and with all its runbooks', () => {
    const tail = file('tail', 'b');
    const circle = [file('a', 'b'), file('b', 'c'), file('c', 'a')];
    const told = 'a.yaml:7: spec.escalate: goes round in a circle: a -> b -> c -> a';
    expect(problems(...circle, tail)).toEqual([told]);
    expect(problems(tail, ...circle)).toEqual(['b.yaml:7: spec.escalate: goes round in a circle: b -> c -> a -> b']);
    expect(problems(...circle, file('x', 'y'), file('y', 'x'))).toEqual([
      told,
      'x.yaml:7: spec.escalate: goes round in a circle: x -> y -> x',
    ]);
  });

  it('may end at the same runbook by several ways', () => {
    expect(problems(file('a', 'c'), file('b', 'c'), file('c', 'd'), file('d'))).toEqual([]);
  });

  it('are not blamed for a file whose name cannot be read', () => {
    expect(problems(file('a', 'b'), { file: 'runbooks/b.yaml', links: [] })).toEqual([]);
  });

  it('do not get ten thousand names told', () => {
    const many = Array.from({ length: 30 }, (_, i) => file(`other-${i}`));
    expect(problems(file('a', 'nothing-like-it'), ...many)).toEqual([
      'a.yaml:7: spec.escalate: unknown runbook "nothing-like-it"',
    ]);
  });
});
