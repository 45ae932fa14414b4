import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline/promises';
import type { Drill } from '../drill/drill-schema.js';
import type { DrillReport } from '../drill/drill-report.js';
import { resultOf } from '../drill/drill-result.js';
import type { Injector } from '../drill/ports.js';
import { prometheusMeasures } from '../drill/prometheus.js';
import { htmlOf } from '../drill/report/html.js';
import { jsonOf } from '../drill/report/json.js';
import { summaryOf } from '../drill/report/summary.js';
import { runDrill } from '../drill/run-drill.js';
import { steadyTraffic } from '../drill/traffic.js';
import { Stopped, type Out } from './command.js';
import { DRILL_EXIT, notHeld, secretOf } from './drill-exit.js';
import type { DrillLine } from './drill-line.js';
import { DRILL_SERVICE } from './drill-service.js';
import { REAL_CLOCK } from './real-clock.js';
import { messageOf } from '../core/message-of.js';

/** Asks whether it may be held, holds it, and says how it ended. */
export async function hold(drill: Drill, injector: Injector, line: DrillLine, out: Out): Promise<number> {
  const { prometheus, traffic, target } = drill.spec;
  const { name } = drill.metadata;
  const secret = prometheus.tokenFrom === undefined ? undefined : secretOf(prometheus.tokenFrom);
  if (!line.yes && !(await confirmed(drill, injector)))
    throw notHeld(
      'nobody has agreed to it: a drill makes a real outage; say --yes, or the name of the drill when asked',
    );
  const stop = new AbortController();
  const interrupt = (why: unknown): void => {
    if (why instanceof Error) out(`something went wrong in the drill itself: ${why.message}`);
    stop.abort();
  };
  // whoever reads along may go away, and what nobody caught may come: neither may leave the fault behind
  process.stdout.removeAllListeners('error').on('error', () => undefined);
  for (const event of ENDS) process.on(event, interrupt);
  try {
    const ended = await runDrill(drill, {
      clock: REAL_CLOCK,
      injector,
      measures: prometheusMeasures(prometheus.url, secret),
      service: DRILL_SERVICE,
      ...(traffic === undefined ? {} : { traffic: steadyTraffic(traffic.url, traffic.perSecond) }),
      say: out,
      undo: undoLine(line),
      stop: stop.signal,
    });
    if (!ended.held) throw notHeld(`${name} on ${target} was not held: ${ended.why}`);
    return await tell(ended.report, line, out);
  } catch (error) {
    throw error instanceof Stopped && error.exitCode === DRILL_EXIT.notHeld
      ? error
      : notHeld(`${name} on ${target} was not held: ${messageOf(error)}`);
  } finally {
    for (const event of ENDS) process.off(event, interrupt);
  }
}

/** What a person types to take the fault back. */
function undoLine({ file = '', kubectl }: DrillLine): string {
  return `npx firebreak drill ${file} --undo${kubectl ? ' --kubectl' : ''}`;
}

const ENDS = ['SIGINT', 'SIGTERM', 'SIGHUP', 'uncaughtException', 'unhandledRejection'] as const;

/** A verdict stands, whether it can be written down or not. */
async function tell(report: DrillReport, { report: folder }: DrillLine, out: Out): Promise<number> {
  for (const text of summaryOf(report)) out(text);
  try {
    if (folder !== undefined) for (const file of written(report, folder)) out(`report: ${file}`);
  } catch (error) {
    out(`warning: the report cannot be written: ${messageOf(error)}`);
  }
  try {
    await DRILL_SERVICE.report(resultOf(report));
    out('reported to the service');
  } catch (error) {
    out(`warning: the service was not told, so its metrics do not show this run: ${messageOf(error)}`);
  }
  return report.verdict === 'passed' ? DRILL_EXIT.passed : DRILL_EXIT.breached;
}

function written(report: DrillReport, folder: string): string[] {
  mkdirSync(folder, { recursive: true });
  const name = `${report.drill}-${new Date(report.marks.injectedAt).toISOString().replaceAll(':', '')}`;
  const files = { [join(folder, `${name}.json`)]: jsonOf(report), [join(folder, `${name}.html`)]: htmlOf(report) };
  for (const [file, text] of Object.entries(files)) writeFileSync(file, text);
  return Object.keys(files);
}

/** Asks a person; where there is none, nobody has agreed. */
async function confirmed({ metadata: { name }, spec }: Drill, { what }: Injector): Promise<boolean> {
  if (!process.stdin.isTTY || !process.stdout.isTTY) return false;
  const asking = createInterface({ input: process.stdin, output: process.stdout });
  try {
    const answer = await asking.question(
      `This makes a real outage on ${spec.target}: ${what}.\nType ${name} to go on: `,
    );
    return answer.trim() === name;
  } catch {
    // Ctrl-C and Ctrl-D are no agreement either
    return false;
  } finally {
    asking.close();
  }
}
