import { rank, type Choice } from './affinity.js';
import type { Alert, Instant } from './alert.js';
import { render, type RenderedRunbook } from './render.js';
import type { Runbook } from './runbook.js';
import { partOf, scopeFor, type Circumstances, type Scope } from './template.js';

/**
 * Chooses the centre that takes over, if the runbook has one chosen, and fills in everything for one alert; templates
 * read the chosen centre as `topology.chosen`.
 */
export function fillIn(runbook: Runbook, alert: Alert, now: Instant, circumstances: Circumstances): RenderedRunbook {
  const scope = scopeFor(alert, runbook.params, circumstances);
  const choosing = choose(runbook, scope, now, circumstances);
  if (!choosing.ok) return choosing;
  const { choice } = choosing;
  if (choice === undefined) return render(runbook, scope);
  const chosen = partOf(circumstances.topology, 'centers', choice.chosen) ?? null;
  const rendered = render(runbook, { ...scope, topology: { ...scope.topology, chosen } });
  if (!rendered.ok) return rendered;
  const { aim, orders } = rendered;
  const { serving } = aim;
  // what is chosen was chosen because it serves; the store holds it to that
  const held = serving?.in === choice.chosen ? { serving: { ...serving, serves: true as const } } : {};
  return { ok: true, aim: { ...aim, ...held }, orders: { ...orders, choice } };
}

type Choosing = { readonly ok: true; readonly choice?: Choice } | Extract<RenderedRunbook, { ok: false }>;

function choose({ chooseCenter }: Runbook, scope: Scope, now: Instant, { map, centers }: Circumstances): Choosing {
  if (chooseCenter === undefined) return { ok: true };
  const insteadOf = chooseCenter.insteadOf.render(scope);
  if (!insteadOf.ok) return missing(`chooseCenter.insteadOf: ${insteadOf.detail}`);
  const service = chooseCenter.service?.render(scope);
  if (service?.ok === false) return missing(`chooseCenter.service: ${service.detail}`);
  if (!Object.hasOwn(map.centers, insteadOf.value)) return nobody(`the topology knows no centre ${insteadOf.value}`);
  const candidates = service === undefined ? Object.keys(map.centers) : centersOf(service.value, map);
  if (candidates === undefined) return nobody(`the topology knows no service ${service?.value ?? ''}`);
  const forWhom = service === undefined ? {} : { service: service.value };
  const ranked = rank({ insteadOf: insteadOf.value, candidates, ...forWhom }, map, centers, now);
  return ranked.none === true ? nobody(ranked.detail) : { ok: true, choice: ranked };
}

function centersOf(service: string, { services }: Circumstances['map']): readonly string[] | undefined {
  return Object.hasOwn(services, service) ? services[service]?.centers : undefined;
}

function missing(detail: string): Choosing {
  return { ok: false, because: 'template-missing', detail };
}

function nobody(detail: string): Choosing {
  return { ok: false, because: 'capacity', detail };
}
