import { stringify } from 'yaml';
import type { Board } from './kit/board.js';

const HEAD = `# The boards for a Grafana in Kubernetes, whose sidecar takes every ConfigMap with this label into the folder "Firebreak":
#   kubectl apply -n monitoring -f deploy/kubernetes/grafana-dashboards.yaml
# Made from grafana/source, like grafana/dashboards: UPDATE_DOCS=1 npx vitest run --project unit grafana
`;

/**
 * Makes a ConfigMap of each board.
 *
 * @param text gives the board's file
 */
export function configMaps(boards: readonly Board[], text: (board: Board) => string): string {
  const documents = boards.map((board) => {
    const map = {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: {
        name: `${board.uid}-dashboard`,
        labels: { grafana_dashboard: '1', 'app.kubernetes.io/name': 'firebreak' },
        annotations: { grafana_folder: 'Firebreak' },
      },
      data: { [`${board.uid}.json`]: text(board) },
    };
    return stringify(map, { lineWidth: 0, blockQuote: 'literal', singleQuote: true });
  });
  return `${HEAD}${documents.map((one) => `---\n${one}`).join('')}`;
}
