import { formatDuration } from '../../core/duration.js';
import type { DrillReport, SloReport } from '../drill-report.js';
import type { SeenExecution } from '../ports.js';
import { escaped } from './escaped.js';
import { plotOf } from './plot.js';
import { STYLE } from './style.js';
import { length, since } from './times.js';
import { momentWords } from './words.js';

/** The report as one page that needs nothing else: no scripts, no further files. */
export function htmlOf(report: DrillReport): string {
  const { drill, title, verdict, marks } = report;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${escaped(drill)}: ${verdict}</title>
<style>${STYLE}</style>
</head>
<body>
<main>
<h1>${escaped(title)}</h1>
<p class="quiet">Drill <code>${escaped(drill)}</code> of ${escaped(report.owner)}, ${time(marks.injectedAt)}</p>
${verdictOf(report)}
<h2>What was done</h2>
<dl>${facts(report)
    .map(([name, value]) => `<dt>${name}</dt><dd>${value}</dd>`)
    .join('')}</dl>
<h2>What had to hold</h2>
<p class="quiet">Seconds after the fault. The shaded time is the fault; marks on the axis are samples that are not as wanted or say nothing,
red where they count.</p>
${report.slos.map((slo) => sloSection(report, slo)).join('\n')}
<h2>Executions</h2>
${report.executions.length === 0 ? '<p>None was opened.</p>' : report.executions.map((one) => timelineOf(one, report)).join('\n')}
</main>
</body>
</html>
`;
}

function verdictOf({ verdict, reasons }: DrillReport): string {
  const why = reasons.length === 0 ? '' : `<ul>${reasons.map((reason) => `<li>${escaped(reason)}</li>`).join('')}</ul>`;
  return `<div class="verdict ${verdict}"><strong>${verdict}</strong>${why}</div>`;
}

function facts(report: DrillReport): (readonly [string, string])[] {
  const { fault, target, expected, recoveryMs, marks, felt, traffic } = report;
  const most = expected.recoveryMs === undefined ? '' : `, at most ${formatDuration(expected.recoveryMs)}`;
  const took = recoveryMs === 0 ? 'nothing broke' : length(recoveryMs, 'the service did not come back');
  const who = expected.runbook === 'none' ? 'nobody' : `${expected.runbook}, ${expected.outcome ?? ''}`;
  return [
    ['Fault', escaped(fault)],
    ['Target', `<code>${escaped(target)}</code>`],
    ['Who was to act', escaped(who)],
    ['Recovery', escaped(`${took}${most}`)],
    ['Taken back', marks.takenBackAt === undefined ? 'no' : escaped(since(marks.takenBackAt, marks.injectedAt))],
    ...(felt === undefined ? [] : [['Felt', escaped(felt)] as const]),
    ...(traffic === undefined
      ? []
      : [['Requests', `${traffic.sent} sent by the drill, ${traffic.failed} failed`] as const]),
  ];
}

function sloSection(report: DrillReport, slo: SloReport): string {
  const { name, verdict, detail, query, is, from } = slo;
  const kind = verdict === 'held' ? 'held' : 'not-held';
  return `<section class="slo">
<h3>${escaped(name)}: <span class="${kind}">${verdict}</span></h3>
<p>${escaped(detail)}</p>
<p class="quiet">From ${escaped(since(from, report.marks.injectedAt))} on: <code>${escaped(query)}</code> <code>${escaped(is)}</code></p>
<div class="wide" tabindex="0" role="region" aria-label="Plot of ${escaped(name)}">${plotOf(report, slo)}</div>
</section>`;
}

function timelineOf({ id, runbook, phase, outcome, detail, timeline }: SeenExecution, { marks }: DrillReport): string {
  const rows = Object.entries(timeline)
    .map(
      ([name, at]) =>
        `<tr><td>${escaped(momentWords(name))}</td><td>${time(at)}</td><td class="number">${since(at, marks.injectedAt)}</td></tr>`,
    )
    .join('');
  const why = detail === undefined ? '' : `<p class="quiet">${escaped(detail)}</p>`;
  return `<h3>${escaped(runbook)}: ${escaped(outcome ?? phase)}</h3>${why}
<div class="wide" tabindex="0" role="region" aria-label="Timeline of ${escaped(id)}"><table>
<caption>Execution <code>${escaped(id)}</code></caption>
<thead><tr><th scope="col">What</th><th scope="col">When</th><th scope="col" class="number">After the fault</th></tr></thead>
<tbody>${rows}</tbody>
</table></div>`;
}

function time(at: number): string {
  const iso = new Date(at).toISOString();
  return `<time datetime="${iso}">${iso.replace('T', ' ')}</time>`;
}
