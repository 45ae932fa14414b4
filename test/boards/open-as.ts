import { shippedBoards } from './board.js';
import type { Sources } from './calls.js';
import type { Town } from './history.js';
import type { KnownHistory } from './known-history.js';
import { openBoard, type BoardRun } from './run-board.js';

/** Opens a board as it is now, with these choices made at its top. */
export type OpenBoard = (uid: string, choices?: Readonly<Record<string, string>>) => Promise<BoardRun>;

/** Both data sources as Grafana would have them. */
export function sourcesOf(town: Town): Sources {
  const authorization = `Bearer ${town.reader}`;
  return {
    datasource: { name: 'Prometheus', url: town.prometheus, headers: {} },
    firebreak: { name: 'Firebreak', url: `${town.firebreak}/prometheus`, headers: { authorization } },
  };
}

/** Opens boards from a minute before the history to now, with a runbook and an execution chosen where there is a choice of one. */
export function openAs(town: Town, history: KnownHistory): OpenBoard {
  const boards = shippedBoards();
  const chosen: Readonly<Record<string, Readonly<Record<string, string>>>> = {
    'firebreak-runbooks': { runbook: 'quick' },
    'firebreak-executions': { execution: history.cutOver },
    'firebreak-centers': { service: 'shop' },
  };
  return (uid, choices) => {
    const board = boards.get(uid);
    if (board === undefined) throw new Error(`there is no board ${uid}`);
    return openBoard(
      board,
      sourcesOf(town),
      { from: history.since - 60_000, to: Date.now() },
      { ...chosen[uid], ...choices },
    );
  };
}
