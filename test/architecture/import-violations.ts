import { join } from 'node:path';
import { cruise, type ICruiseResult } from 'dependency-cruiser';
import extractDepcruiseOptions from 'dependency-cruiser/config-utl/extract-depcruise-options';
import extractTsConfig from 'dependency-cruiser/config-utl/extract-ts-config';

const project = join(import.meta.dirname, '..', '..');

/** Checks the imports in some folders below a root by the project's rules; answers "rule: from -> to" for each breach. */
export async function importViolations(root: string, folders: string[]): Promise<string[]> {
  const options = await extractDepcruiseOptions(join(project, '.dependency-cruiser.cjs'));
  const tsConfig = extractTsConfig(join(project, 'tsconfig.json'));
  const { output } = await cruise(
    folders,
    { ...options, baseDir: root, tsConfig: { fileName: join(project, 'tsconfig.json') } },
    undefined,
    { tsConfig },
  );
  return resultOf(output).summary.violations.map(({ rule, from, to }) => `${rule.name}: ${from} -> ${to}`);
}

function resultOf(output: ICruiseResult | string): ICruiseResult {
  if (typeof output === 'string') throw new Error(`dependency-cruiser answered with text: ${output}`);
  return output;
}
