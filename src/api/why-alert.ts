import type { Instant, Labels } from '../core/alert.js';
import { nearestMisses, sayMiss, type Miss } from '../core/explain-match.js';
import { hasBegun } from '../core/evolved.js';
import type { Execution } from '../core/execution.js';
import { matchesAll } from '../core/matcher.js';
import type { Runbook } from '../core/runbook.js';
import type { DecisionRecord, KnownAlert } from '../engine/execution-store.js';
import { runbookAnswer, type Circumstances, type RunbookAnswer } from './why-runbook.js';
import { fact, sayLabels, when, type Fact } from './why-words.js';

/** What is known when somebody asks about an alert. */
export interface AlertMaterial extends Circumstances {
  readonly fingerprint: string;
  readonly labels?: Labels;
  readonly known?: KnownAlert;
  /** Newest first. */
  readonly decisions: readonly DecisionRecord[];
  /** Those that were in force when it was asked. */
  readonly runbooks: readonly Runbook[];
  /** Runbooks that wait for a plugin's configuration. */
  readonly resting: ReadonlyMap<string, readonly string[]>;
}

/** Why something, or nothing, was done about an alert: the answer first, then the facts. */
export interface WhyAlert {
  readonly kind: 'alert';
  readonly id: string;
  readonly answer: string;
  readonly alertname?: string;
  readonly labels?: Labels;
  readonly facts: readonly Fact[];
  /** Those that answer the alert, or have. */
  readonly runbooks: readonly RunbookAnswer[];
  /** Those that do not match as they are now, the nearest first. */
  readonly misses: readonly Miss[];
}

/** Puts the answer together. */
export function whyAlert(material: AlertMaterial): WhyAlert {
  const { fingerprint, labels, decisions, runbooks } = material;
  const alertname = labels?.['alertname'] ?? decisions.find((one) => one.alertname !== '')?.alertname;
  const answers = answersOf(material);
  const misses = labels === undefined ? [] : nearestMisses(runbooks, labels);
  return {
    kind: 'alert',
    id: fingerprint,
    answer: answerOf(material, alertname ?? fingerprint, answers, misses),
    ...(alertname === undefined ? {} : { alertname }),
    ...(labels === undefined ? {} : { labels }),
    facts: factsOf(material),
    runbooks: answers,
    misses,
  };
}

/** One for each runbook that has decided, has an execution, or matches now. */
function answersOf(material: AlertMaterial): RunbookAnswer[] {
  const { labels, decisions, runbooks, fingerprint } = material;
  const own = [...material.executions.values()]
    .filter(({ alert }) => alert?.fingerprint === fingerprint)
    .toSorted((a, b) => b.timeline.openedAt - a.timeline.openedAt);
  const matching = labels === undefined ? [] : runbooks.filter(({ match }) => matchesAll(match, labels));
  const names = new Set([
    ...own.map(({ runbook }) => runbook),
    ...decisions.flatMap(({ runbook }) => runbook ?? []),
    ...matching.map(({ name }) => name),
  ]);
  return [...names].map((name) => {
    const newest = decisions.find(({ runbook }) => runbook === name);
    return runbookAnswer(
      name,
      newest,
      own.find(({ runbook }) => runbook === name),
      material,
    );
  });
}

/** So many runbooks are spoken of in one sentence. */
const MOST_SAID = 2;

/** What the sentence begins with; the first of these that some runbook can say. */
const LEADS = [
  ['open', (name: string) => `${name} is being answered`],
  ['acted', (name: string) => `${name} was answered`],
  ['idle', (name: string) => `Nothing was changed for ${name}`],
  ['refused', (name: string) => `Nothing was done about ${name}`],
] as const;

type Kind = (typeof LEADS)[number][0];

function kindOf(answer: RunbookAnswer, executions: ReadonlyMap<string, Execution>): Kind {
  if (answer.decision === 'suppressed' || answer.executionId === undefined) return 'refused';
  const execution = executions.get(answer.executionId);
  if (execution === undefined) return 'acted';
  if (execution.state.phase !== 'closed') return 'open';
  return hasBegun(execution) ? 'acted' : 'idle';
}

function answerOf(
  material: AlertMaterial,
  name: string,
  answers: readonly RunbookAnswer[],
  misses: readonly Miss[],
): string {
  const { executions, known, now } = material;
  const end =
    known !== undefined && !known.episode.open ? `; the alert is over since ${when(known.episode.tombstone, now)}` : '';
  const isKnown = material.decisions.length > 0 || known !== undefined;
  for (const [kind, lead] of isKnown ? LEADS : []) {
    if (!answers.some((one) => kindOf(one, executions) === kind)) continue;
    const ranked = LEADS.flatMap(([one]) => answers.filter((answer) => kindOf(answer, executions) === one));
    const said = ranked.slice(0, MOST_SAID).map(({ runbook, says }) => `${runbook} ${says}`);
    const more = ranked.length > MOST_SAID ? [`${ranked.length - MOST_SAID} more below`] : [];
    return `${lead(name)}: ${[...said, ...more].join('; ')}${end}.`;
  }
  const [nearest] = misses;
  if (!isKnown) return neverSeen(name, answers, nearest);
  if (material.runbooks.length === 0) return `Nothing was done about ${name}: no runbook is in force${end}.`;
  if (nearest !== undefined)
    return `Nothing was done about ${name}: no runbook matches, the nearest is ${sayMiss(nearest)}${end}.`;
  const [last] = material.decisions;
  return `Nothing was done about ${name}: ${last?.detail ?? 'no runbook matched'}${end}.`;
}

function neverSeen(name: string, answers: readonly RunbookAnswer[], nearest: Miss | undefined): string {
  const lead = `${name} has not come in, as far back as decisions are kept`;
  if (answers.length > 0) return `${lead}; ${answers.map(({ runbook }) => runbook).join(' and ')} would answer it.`;
  return nearest === undefined
    ? `${lead}.`
    : `${lead}; no runbook would answer it, the nearest is ${sayMiss(nearest)}.`;
}

function factsOf({ fingerprint, decisions, known, labels, now, resting }: AlertMaterial): Fact[] {
  const [last] = decisions;
  return [
    ...fact('fingerprint', fingerprint),
    ...fact(
      'labels',
      labels === undefined
        ? 'not known any more; firebreak why --labels name=value,... tells which matchers fail'
        : sayLabels(labels),
    ),
    ...fact(
      'last seen',
      last === undefined
        ? 'not in the decisions that are kept'
        : `${last.status} at ${when(last.at, now)}, from ${last.source}`,
    ),
    ...episodeFacts(known, now),
    ...[...resting].flatMap(([name, plugins]) =>
      fact('rests', `${name}: ${plugins.join(', ')} is not configured in firebreak.yaml`),
    ),
  ];
}

function episodeFacts(known: KnownAlert | undefined, now: Instant): Fact[] {
  if (known === undefined) return [];
  const { open, firstStartsAt, tombstone, hiddenFlaps } = known.episode;
  return [
    ...fact('fires', open ? `since ${when(firstStartsAt, now)}` : undefined),
    ...fact('came back', hiddenFlaps > 0 ? `${hiddenFlaps} times, without a word of its end in between` : undefined),
    ...fact(open ? 'ended before' : 'over', tombstone < 0 ? undefined : when(tombstone, now)),
  ];
}
