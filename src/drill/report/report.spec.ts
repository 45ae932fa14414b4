import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { resultOf } from '../drill-result.js';
import type { DrillReport, SloReport } from '../drill-report.js';
import { htmlOf } from './html.js';
import { jsonOf } from './json.js';
import { plotOf } from './plot.js';
import { summaryOf } from './summary.js';

const AT = Date.parse('2026-11-01T12:00:00Z');
const EVIL = `</script><script>alert("x")</script>'&`;

const slo: SloReport = {
  name: 'errors',
  query: `up{a="${EVIL}"}`,
  is: '< 0.005',
  limit: 0.005,
  verdict: 'breached',
  detail: '1 of 3 samples are not as wanted',
  from: AT + 1_000,
  readings: [
    { at: AT - 1_000, status: 'held', value: 0, detail: '0' },
    { at: AT, status: 'broken', value: 0.5, detail: '0.5' },
    { at: AT + 1_000, status: 'unknown', detail: 'no data' },
    { at: AT + 2_000, status: 'broken', value: Infinity, detail: 'Infinity' },
    { at: AT + 3_000, status: 'held', value: 0, detail: '0' },
  ],
};

const report: DrillReport = {
  drill: 'kill-a-center',
  title: `Kill ${EVIL}`,
  owner: 'team-a',
  target: 'traffic/shop',
  fault: 'killed for 2s',
  expected: { runbook: 'cut-over-center', outcome: 'succeeded', recoveryMs: 1_000 },
  verdict: 'breached',
  reasons: [`errors: ${EVIL}`],
  recoveryMs: 3_000,
  marks: { injectedAt: AT, firstEffectAt: AT + 1_500, recoveredAt: AT + 3_000, takenBackAt: AT + 2_000 },
  endedAt: AT + 3_000,
  slos: [slo],
  executions: [
    {
      id: 'x1',
      runbook: 'cut-over-center',
      phase: 'closed',
      outcome: 'succeeded',
      detail: EVIL,
      openedAt: AT + 1_000,
      timeline: { startsAt: AT + 500, openedAt: AT + 1_000, laterVersionAt: AT + 1_200 },
    },
  ],
};

describe('the report of a drill', () => {
  it('A6: is one page without scripts or anything from elsewhere', () => {
    const page = htmlOf(report);
    expect(page).not.toMatch(/<script|<link|<img|<iframe|\son\w+=|src=|@import|url\(/i);
    expect(page).toContain("default-src 'none'");
  });

  it('S8: nothing that stands in it is read as HTML', () => {
    expect(htmlOf(report)).not.toContain('<script>alert');
    const unseen = htmlOf({ ...report, title: 'pas\u202edes\u0000\u2066\u001b[2Jsed', reasons: ['a\u200bb'] });
    expect(unseen).toContain('<h1>pasdes[2Jsed</h1>');
    expect(unseen).toContain('<li>ab</li>');
    expect(htmlOf(report)).toContain('&lt;/script&gt;&lt;script&gt;alert(&quot;x&quot;)&lt;/script&gt;&#39;&amp;');
  });

  it('A6: marks the fault, the first effect, from when on it must hold, the recovery and the end of the fault', () => {
    const words = [...plotOf(report, slo).matchAll(/class="mark-text"[^>]*>([^<]+)</g)].map(([, word]) => word);
    expect(words).toEqual(['fault', 'must hold', 'first effect', 'taken back', 'recovered']);
  });

  it('A6: no name of a mark covers another, also when everything happens at once', () => {
    const at = (ms: number): number => AT + ms;
    const marks = { injectedAt: AT, firstEffectAt: at(10), recoveredAt: at(20), takenBackAt: at(30) };
    const plot = plotOf({ ...report, marks }, { ...slo, from: at(3_000) });
    const lanes = [...plot.matchAll(/class="mark-text" x="[^"]+" y="([^"]+)" text-anchor="start"/g)].map(([, y]) => y);
    expect(lanes.length).toBe(4);
    expect(new Set(lanes).size).toBe(4);
  });

  it('A6: values and limits below zero have their place', () => {
    const readings = slo.readings.map(({ at }) => ({ at, status: 'held' as const, value: -1, detail: '-1' }));
    const plot = plotOf(report, { ...slo, is: '> -5', limit: -5, readings });
    const [, limitAt = ''] = /class="limit"[^>]*y1="([^"]+)"/.exec(plot) ?? [];
    const [, valueAt = ''] = /class="value" points="[^,]+,([\d.]+)/.exec(plot) ?? [];
    expect(Number(valueAt)).toBeGreaterThan(56);
    expect(Number(limitAt)).toBeGreaterThan(Number(valueAt));
  });

  it('A6: a fault that could not be taken back is nowhere shown as taken back', () => {
    const { takenBackAt: _, ...marks } = report.marks;
    const stays = { ...report, marks };
    expect(summaryOf(stays)).toContain('taken back NO');
    expect(htmlOf(stays)).toContain('<dt>Taken back</dt><dd>no</dd>');
    expect(plotOf(stays, slo)).not.toContain('taken back');
  });

  it('A6: draws only what was measured, and marks each sample that is not as wanted where it counts', () => {
    const plot = plotOf(report, slo);
    expect([...plot.matchAll(/<polyline/g)]).toHaveLength(2);
    expect(plot).not.toMatch(/NaN|Infinity|undefined/);
    const marked = [...plot.matchAll(/class="sample ([^"]+)"/g)].map(([, kind]) => kind);
    expect(marked).toEqual(['broken', 'unknown counts', 'broken counts']);
  });

  it('says so where nothing was measured', () => {
    expect(plotOf(report, { ...slo, readings: [] })).toBe('<p class="none">Nothing was measured.</p>');
  });

  it('A6: as JSON has all samples, with moments that people can read and no null in place of a number', () => {
    const text = jsonOf(report);
    expect(text).toContain('"at": "2026-11-01T12:00:00.000Z"');
    expect(text).toContain('"firstEffectAt": "2026-11-01T12:00:01.500Z"');
    expect(text).toContain('"recoveryMs": 3000');
    expect(text).toContain('"value": "Infinity"');
    expect(text).not.toContain('null');
  });

  it('A6: every key of the JSON is described for those who compare reports', () => {
    const whole = { ...report, felt: 'it was felt', traffic: { sent: 1, failed: 0 } };
    const page = readFileSync('docs/drills.md', 'utf8');
    const [, rows = ''] = page.split('`kind: DrillReport`');
    const keysOf = (value: object): string[] => Object.keys(value);
    const keys = [whole, whole.expected, whole.marks, slo, ...slo.readings, ...whole.executions].flatMap(keysOf);
    for (const key of [...keys, 'takenBackAt', 'trigger', 'closedAt']) expect(rows).toContain(`\`${key}\``);
  });

  it('A6: in the terminal begins with the verdict and why', () => {
    const lines = summaryOf(report).filter((line) => line !== '');
    expect(lines[0]).toBe('kill-a-center: BREACHED');
    expect(lines[1]).toBe(`  ! errors: ${EVIL}`);
    expect(lines).toContain('recovery   3.0 s (at most 1s)');
    expect(lines).toContain('  alert began    +0.5 s');
  });

  it('A6: what the service is told is bounded, and whatever did not hold is breached', () => {
    const long = {
      ...report,
      reasons: ['x'.repeat(5_000)],
      slos: [slo, { ...slo, name: 'p99', verdict: 'unknown' as const }],
    };
    expect(resultOf(long)).toMatchObject({
      drill: 'kill-a-center',
      runbook: 'cut-over-center',
      startedAt: AT,
      passed: false,
      recoveryMs: 3_000,
      objectiveMs: 1_000,
      slos: [
        { name: 'errors', breached: true },
        { name: 'p99', breached: true },
      ],
      executions: ['x1'],
    });
    expect(resultOf(long).detail).toHaveLength(1_000);
  });
});
