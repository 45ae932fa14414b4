import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { BOARDS } from './boards.js';
import { buildBoard } from './kit/board.js';

const read = (path: string): unknown =>
  parse(readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8'), { merge: true });

const { providers } = z
  .strictObject({
    apiVersion: z.literal(1),
    providers: z.tuple([
      z.looseObject({
        folder: z.string(),
        folderUid: z.string(),
        type: z.literal('file'),
        updateIntervalSeconds: z.number(),
        allowUiUpdates: z.boolean(),
        options: z.strictObject({ path: z.string() }),
      }),
    ]),
  })
  .parse(read('grafana/provisioning/dashboards/firebreak.yml'));

const { services } = z
  .object({ services: z.object({ grafana: z.object({ volumes: z.array(z.string()) }) }) })
  .parse(read('docker-compose.yml'));

it('Grafana finds the boards where Docker Compose puts them, in a folder of their own, and people cannot change them there', () => {
  const [provider] = providers;
  expect(provider).toMatchObject({
    folder: 'Firebreak',
    folderUid: 'firebreak',
    updateIntervalSeconds: 30,
    allowUiUpdates: false,
  });
  expect(services.grafana.volumes).toContain(`./grafana/dashboards:${provider.options.path}:ro`);
});

const sources = ['prometheus', 'firebreak'].flatMap((name) => {
  const file = z.object({ datasources: z.array(z.object({ name: z.string(), uid: z.string(), type: z.string() })) });
  return file.parse(read(`grafana/provisioning/datasources/${name}.yml`)).datasources;
});

const chosen = z.object({
  templating: z.object({
    list: z.array(z.looseObject({ name: z.string(), type: z.string(), regex: z.string().optional() })),
  }),
});

it.each(BOARDS)(
  '$uid offers the Prometheus for its figures and Firebreak for its records, and not the other way round',
  (board) => {
    const { list } = chosen.parse(buildBoard(board)).templating;
    const offered = list
      .filter(({ type }) => type === 'datasource')
      .map(({ name, regex = '' }) => {
        const pattern = new RegExp(regex.replaceAll(/^\/|\/$/g, ''));
        return [name, sources.filter((source) => pattern.test(source.name)).map(({ uid }) => uid)];
      });
    expect(offered).toEqual([
      ['datasource', ['prometheus']],
      ['firebreak', ['firebreak']],
    ]);
  },
);
