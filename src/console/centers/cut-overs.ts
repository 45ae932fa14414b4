import { effectiveMode } from '../../api/scorecard-view.js';
import type { Mode, Runbook } from '../../core/runbook.js';
import { scopeFor, type Surroundings } from '../../core/template.js';
import type { Scorecard } from '../../engine/governance.js';
import { labelsText } from '../runbooks/example-alert.js';
import { lostTrust, MODE_WORDS } from '../runbooks/runbook-words.js';

/** More would be a list to search in; the form of the runbook has room for every name. */
const MOST_SERVICES = 8;

/** A runbook that moves centres, as far as it may go now. */
export interface Mover {
  readonly runbook: Runbook;
  readonly scorecard: Scorecard;
}

/** One request that somebody can make: a link to a form that is filled in. */
export interface CutOverLink {
  readonly href: string;
  /** The service that it is for; empty when the runbook asks for none. */
  readonly service: string;
  /** The centre that it brings in; empty when that is only known once it starts. */
  readonly brings: string;
}

/** What runs where, and what templates read of it. */
export interface Ground {
  /** That can run at the centre. */
  readonly services: readonly string[];
  readonly surroundings: Pick<Surroundings, 'config' | 'topology'>;
}

/** What somebody can ask of one runbook for one centre. */
export interface CutOver {
  readonly name: string;
  readonly title: string;
  readonly mode: Mode;
  readonly modeSays: string;
  readonly lost: string;
  /** Whether it reads a label `service`, and the topology names no service there. */
  readonly lacksService: boolean;
  readonly links: readonly CutOverLink[];
}

/** Tells whether a runbook takes a centre out of service. */
export function isMover({ serving }: Runbook): boolean {
  return serving !== undefined;
}

/**
 * Says by which runbooks traffic can be moved away from a centre, with the labels that they read filled in. A runbook that
 * would bring the same centre in is none of them.
 */
export function cutOvers(center: string, { services, surroundings }: Ground, movers: readonly Mover[]): CutOver[] {
  const all = movers.map(({ runbook, scorecard }) => {
    const mode = effectiveMode(runbook, scorecard);
    const { name, title } = runbook;
    const asks = asksFor(runbook, 'service');
    const asked = asks ? services.slice(0, MOST_SERVICES) : [];
    const lacksService = asks && asked.length === 0;
    const links = (asked.length === 0 ? [''] : asked)
      .map((service) => linkTo(runbook, center, service, surroundings))
      .filter(({ brings }) => brings !== center);
    return { name, title, mode, modeSays: MODE_WORDS[mode], lost: lostTrust(runbook, scorecard), lacksService, links };
  });
  return all.filter(({ links }) => links.length > 0);
}

function linkTo(
  { name, serving, params }: Runbook,
  center: string,
  service: string,
  surroundings: Ground['surroundings'],
): CutOverLink {
  const label = labelOf(serving?.out.source);
  const labels = {
    ...(label === undefined ? {} : { [label]: center }),
    ...(service === '' ? {} : { service }),
  };
  const query = new URLSearchParams({ labels: labelsText(labels) });
  const subject = { labels, annotations: {}, fingerprint: '', startsAt: 0, generatorURL: '' };
  const brings = serving?.in?.render(scopeFor(subject, params, surroundings));
  return {
    href: `/runbooks/${encodeURIComponent(name)}?${query}#start`,
    service,
    brings: brings?.ok === true ? brings.value : '',
  };
}

/** The label that names the centre which is taken out; undefined when it is found another way. */
function labelOf(source: unknown): string | undefined {
  return typeof source === 'string' ? /^\{\{\s*labels\.([a-zA-Z_]\w*)\s*\}\}$/.exec(source)?.[1] : undefined;
}

/** Whether a template of the runbook reads the label, also by way of the topology. */
function asksFor({ target, steps, serving, chooseCenter, verify }: Runbook, label: string): boolean {
  const sources = [
    target.source,
    serving?.out.source ?? null,
    serving?.in?.source ?? null,
    chooseCenter?.service?.source ?? null,
    verify?.with.source ?? null,
    ...steps.map((step) => step.with.source),
  ];
  const text = JSON.stringify(sources);
  return text.includes(`labels.${label}`) || text.includes(`topology.${label}.`);
}
