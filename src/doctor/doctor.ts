import { globSync, readFileSync } from 'node:fs';
import { basename, dirname, resolve } from 'node:path';
import { examine, type Examination, type RunbooksFor } from './examine.js';
import { readAlertmanager } from './read-alertmanager.js';
import { readPrometheus, ruleFilesOf, type TextFile } from './read-prometheus.js';
import type { Read } from './read-yaml.js';
import { report } from './report.js';

/** What the doctor reads. */
export interface DoctorOptions {
  /** Path of a prometheus.yml; its `rule_files` are read as well. */
  readonly prometheus: string;
  /** Path of an alertmanager.yml. */
  readonly alertmanager: string;
  /** Names the runbooks for an alert's labels; without it, the label `runbook` is shown. */
  readonly alerts?: RunbooksFor;
}

/** Reads the user's files and says how long each alert takes to Firebreak at most, or everything that is wrong with them. */
export async function doctor(options: DoctorOptions): Promise<string> {
  const found = await diagnose(options);
  return found.ok ? report(found.value) : found.problems.join('\n');
}

/** The same, as data. */
export async function diagnose(options: DoctorOptions): Promise<Read<Examination>> {
  const prometheusFile = readText(options.prometheus);
  const alertmanagerFile = readText(options.alertmanager);
  if (!prometheusFile.ok || !alertmanagerFile.ok) return failed(prometheusFile, alertmanagerFile);
  const patterns = ruleFilesOf(prometheusFile.value);
  if (!patterns.ok) return patterns;
  const { files, missing } = ruleFiles(dirname(resolve(options.prometheus)), patterns.value);
  const texts = files.map(readText);
  const prometheus = readPrometheus(
    prometheusFile.value,
    texts.flatMap((text) => (text.ok ? [text.value] : [])),
  );
  const alertmanager = readAlertmanager(alertmanagerFile.value.file, alertmanagerFile.value.text);
  if (!prometheus.ok || !alertmanager.ok || texts.some((text) => !text.ok))
    return failed(...texts, prometheus, alertmanager);
  const found = examine(prometheus.value, alertmanager.value, options.alerts ?? runbookLabel);
  return { ok: true, value: { ...found, notes: [...found.notes, ...missing] } };
}

function runbookLabel(labels: Readonly<Record<string, string>>): readonly string[] {
  const { runbook } = labels;
  return runbook === undefined ? [] : [runbook];
}

function ruleFiles(
  folder: string,
  patterns: readonly string[],
): { readonly files: readonly string[]; readonly missing: readonly string[] } {
  const files: string[] = [];
  const missing: string[] = [];
  for (const pattern of patterns) {
    const found = globSync(pattern, { cwd: folder }).toSorted();
    files.push(...found.map((file) => resolve(folder, file)));
    if (found.length === 0) missing.push(`rule_files: ${pattern} matches no file.`);
  }
  return { files, missing };
}

function readText(path: string): Read<TextFile> {
  try {
    return { ok: true, value: { file: basename(path), text: readFileSync(path, 'utf8') } };
  } catch (error) {
    return { ok: false, problems: [`${path}: ${error instanceof Error ? error.message : 'cannot be read'}`] };
  }
}

function failed(...reads: readonly Read<unknown>[]): { readonly ok: false; readonly problems: readonly string[] } {
  return { ok: false, problems: reads.flatMap((read) => (read.ok ? [] : read.problems)) };
}
