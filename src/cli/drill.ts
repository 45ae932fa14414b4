import { readFileSync } from 'node:fs';
import { formatProblem } from '../catalog/problem.js';
import type { Drill } from '../drill/drill-schema.js';
import { chaosResource, chaosYaml } from '../drill/injectors/chaos-mesh.js';
import { injectorOf } from '../drill/injectors/injector-of.js';
import { kubectlOf } from '../drill/injectors/kubectl.js';
import type { Injector } from '../drill/ports.js';
import { drillJsonSchema, readDrill } from '../drill/read-drill.js';
import type { Out } from './command.js';
import { DRILL_EXIT, notHeld, secretOf } from './drill-exit.js';
import { hold } from './drill-hold.js';
import { readDrillLine, type DrillLine } from './drill-line.js';
import { messageOf } from '../core/message-of.js';

/** Holds a drill, or does one of the smaller things with its file. */
export async function run(args: readonly string[], out: Out): Promise<number> {
  const line = readDrillLine(args);
  if (line.file === undefined) {
    out(JSON.stringify(drillJsonSchema(), null, 2));
    return DRILL_EXIT.passed;
  }
  const drill = drillIn(line.file, out);
  if (drill === undefined) return DRILL_EXIT.notHeld;
  switch (line.does) {
    case 'check':
      out(`${drill.metadata.name}: ${drill.metadata.title}`);
      return DRILL_EXIT.passed;
    case 'render':
      return render(drill, out);
    case 'undo':
      return undo(injectorFor(drill, line), out);
    case 'hold':
    case 'schema':
      return hold(drill, injectorFor(drill, line), line, out);
  }
}

function drillIn(file: string, out: Out): Drill | undefined {
  const read = readDrill(file, textOf(file));
  if (read.ok) return read.drill;
  for (const problem of read.problems) out(formatProblem(problem));
  return undefined;
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw notHeld(`${file} cannot be read: ${messageOf(error)}`);
  }
}

function render(drill: Drill, out: Out): number {
  const resource = chaosResource(drill);
  if (resource === undefined) throw notHeld('only a drill through chaosMesh has a resource to render');
  out(chaosYaml(resource).trimEnd());
  return DRILL_EXIT.passed;
}

function injectorFor(drill: Drill, { kubectl }: DrillLine): Injector {
  if (drill.spec.inject.chaosMesh !== undefined && !kubectl)
    throw notHeld('say --kubectl to have resources of Chaos Mesh created and deleted, or --render to see them');
  return injectorOf(drill, secretOf, kubectlOf());
}

async function undo(injector: Injector, out: Out): Promise<number> {
  try {
    await injector.end();
  } catch (error) {
    throw notHeld(`the fault is not taken back: ${messageOf(error)}`);
  }
  out(`taken back: ${injector.what}`);
  return DRILL_EXIT.passed;
}
