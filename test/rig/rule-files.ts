import { globSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import { projectRoot } from './project.js';

/** The folder of Prometheus' rules and of their tests. */
export const rulesFolder = join(projectRoot, 'deploy/prometheus');

const texts = z.record(z.string(), z.string());
const rule = z.object({
  alert: z.string().optional(),
  record: z.string().optional(),
  expr: z.union([z.string(), z.number()]).transform(String),
  for: z.string().default('0s'),
  labels: texts.default({}),
  annotations: texts.default({}),
});
const ruleFile = z.object({ groups: z.array(z.object({ name: z.string(), rules: z.array(rule) })) });
const expected = z.object({ exp_labels: texts, exp_annotations: texts });
const testFile = z.object({
  tests: z.array(
    z.object({
      name: z.string(),
      input_series: z.array(z.object({ series: z.string(), values: z.string() })),
      alert_rule_test: z.array(
        z.object({ eval_time: z.string(), alertname: z.string(), exp_alerts: z.array(expected) }),
      ),
    }),
  ),
});

/** A rule with the file that it stands in, without folder and ending. */
export type Rule = z.infer<typeof rule> & { readonly file: string };

/** A rule that raises an alert. */
export type AlertingRule = Rule & { readonly alert: string };

/** One test of `promtool test rules`. */
export type RuleTest = z.infer<typeof testFile>['tests'][number] & { readonly file: string };

/** Gives every rule of every file. */
export function allRules(): Rule[] {
  return filesIn('rules').flatMap(({ file, content }) => rulesIn(content).map((one) => ({ ...one, file })));
}

/** Gives the rules of a parsed rule file. */
export function rulesIn(content: unknown): z.infer<typeof rule>[] {
  return ruleFile.parse(content).groups.flatMap(({ rules }) => rules);
}

/** Gives the rules that raise alerts. */
export function alertingRules(): AlertingRule[] {
  return allRules().flatMap((one) => (one.alert === undefined ? [] : [{ ...one, alert: one.alert }]));
}

/** Gives every test of the rules. */
export function ruleTests(): RuleTest[] {
  return filesIn('tests').flatMap(({ file, content }) =>
    testFile.parse(content).tests.map((one) => ({ ...one, file })),
  );
}

function filesIn(folder: string): { file: string; content: unknown }[] {
  const names = globSync('*.yml', { cwd: join(rulesFolder, folder) }).toSorted();
  return names.map((name) => {
    const content: unknown = parse(readFileSync(join(rulesFolder, folder, name), 'utf8'));
    return { file: basename(name, '.yml'), content };
  });
}

const WORDS = new Set('and or unless on ignoring by without group_left group_right offset bool inf nan'.split(' '));

/** Names the metrics that an expression reads, as far as its text says so. */
export function metricsIn(expression: string): string[] {
  const named = [...expression.matchAll(/__name__=~?"([\w|:]+)"/g)].flatMap(([, names = '']) => names.split('|'));
  const bare = expression
    .replaceAll(/"(?:[^"\\]|\\.)*"/g, '')
    .replaceAll(/\{[^}]*\}|\[[^\]]*\]/g, ' ')
    .replaceAll(/\b(by|without|on|ignoring|group_left|group_right)\s*\([^)]*\)/g, ' ');
  const words = [...bare.matchAll(/(?<![\w:.])[a-z_:][\w:]*(?![\w:])(?!\s*\()/gi)].map(([word]) => word);
  return [...new Set([...named, ...words.filter((word) => !WORDS.has(word.toLowerCase()))])];
}
