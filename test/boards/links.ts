import type { Board } from './board.js';
import { placesOf } from './buttons.js';
import { rowOf } from './deeds.js';
import { interpolate } from './interpolate.js';
import type { BoardRun } from './run-board.js';

/** A link as somebody would follow it. */
export interface FollowedLink {
  readonly title: string;
  readonly href: string;
  /** The execution that it is about, when it is about one. */
  readonly id?: string;
}

/** Every link of a board, each for the first row that has it, once for each address. */
export function linksOf({ panels, scope }: BoardRun): readonly FollowedLink[] {
  const found = panels.flatMap(({ panel, frames }) => {
    const elements = placesOf(panel).filter(({ element }) => element !== undefined);
    const fixed = [...panel.links, ...elements.flatMap(({ links }) => links)];
    const ofRows = frames.flatMap((frame) =>
      frame.fields.flatMap((field) =>
        field.values.length === 0 || field.type === 'time'
          ? []
          : (field.settings.links ?? []).map((link) => ({
              link,
              scope: { ...scope, clicked: { frame, row: 0, field } },
            })),
      ),
    );
    return [...fixed.map((link) => ({ link, scope })), ...ofRows].map(({ link, scope: with_ }): FollowedLink => {
      const href = interpolate(link.url.replaceAll('\n', ''), with_, 'uriencode');
      const clicked = 'clicked' in with_ ? with_.clicked : undefined;
      const id = clicked === undefined ? undefined : rowOf(clicked.frame, clicked.row)['execution_id'];
      const isAboutIt = id !== undefined && href.includes(`/executions/${id}`);
      return { title: `${panel.title}: ${link.title}`, href, ...(isAboutIt ? { id } : {}) };
    });
  });
  return [...new Map(found.map((one) => [one.href, one])).values()];
}

/** What is wrong with a link to another board: no such board, no such choice there, or no time range. */
export function wrongBoardLink(href: string, boards: ReadonlyMap<string, Board>): readonly string[] {
  const url = new URL(href, 'http://grafana');
  const uid = url.pathname.replace('/d/', '');
  const board = boards.get(uid);
  if (board === undefined) return [`there is no board ${uid}`];
  const choices = board.templating.list.map(({ name }) => `var-${name}`);
  const strange = [...url.searchParams.keys()].filter((key) => key.startsWith('var-') && !choices.includes(key));
  const times = ['from', 'to'].filter((key) => !/^\d{13}$/.test(url.searchParams.get(key) ?? ''));
  return [...strange.map((key) => `${uid} has no choice ${key}`), ...times.map((key) => `it does not keep ${key}`)];
}
