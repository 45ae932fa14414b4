import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { projectRoot } from './rig/project.js';

const read = (path: string): unknown => parse(readFileSync(join(projectRoot, path), 'utf8'), { merge: true });

const sources = z
  .object({
    datasources: z.tuple([
      z.object({
        name: z.string(),
        uid: z.string(),
        type: z.string(),
        url: z.url(),
        access: z.string(),
        jsonData: z.looseObject({ httpMethod: z.string(), httpHeaderName1: z.string() }),
        secureJsonData: z.strictObject({ httpHeaderValue1: z.string() }),
      }),
    ]),
  })
  .parse(read('grafana/provisioning/datasources/firebreak.yml'));
const compose = z
  .object({
    services: z.object({
      grafana: z.object({ environment: z.record(z.string(), z.string()) }),
      firebreak: z.object({ expose: z.array(z.string()), secrets: z.array(z.string()) }),
    }),
    secrets: z.record(z.string(), z.object({ environment: z.string() })),
  })
  .parse(read('docker-compose.yml'));
const settings = z
  .object({ tokens: z.array(z.object({ name: z.string(), roles: z.array(z.string()), file: z.string() })) })
  .parse(read('deploy/firebreak/firebreak.yaml'));

describe('grafana/provisioning/datasources/firebreak.yml', () => {
  const [source] = sources.datasources;

  it('is a Prometheus that the boards find, asked by Grafana and never by a browser', () => {
    expect(source).toMatchObject({ name: 'Firebreak', uid: 'firebreak', type: 'prometheus', access: 'proxy' });
    const { hostname, port, pathname } = new URL(source.url);
    expect([hostname, pathname]).toEqual(['firebreak', '/prometheus']);
    expect(compose.services.firebreak.expose).toContain(port);
    expect(source.jsonData).toMatchObject({ httpMethod: 'POST', httpHeaderName1: 'Authorization' });
  });

  it('S1: sends a token that may only read, which stands in no file', () => {
    const [, variable = ''] = /^Bearer \$(\w+)$/.exec(source.secureJsonData.httpHeaderValue1) ?? [];
    expect(compose.services.grafana.environment[variable]).toMatch(new RegExp(`^\\$\\{${variable}:\\?`));
    const [secret] = Object.entries(compose.secrets).flatMap(([name, { environment }]) =>
      environment === variable ? [name] : [],
    );
    const token = settings.tokens.find(({ file }) => file === `/run/secrets/${secret}`);
    expect(token?.roles).toEqual(['viewer']);
    expect(compose.services.firebreak.secrets).toContain(secret);
  });
});
