import { existsSync, globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { projectRoot } from './rig/project.js';

const compose = z.object({
  services: z.record(
    z.string(),
    z.object({
      image: z.string(),
      build: z.string().optional(),
      environment: z.record(z.string(), z.string()).default({}),
      expose: z.array(z.string()).default([]),
      volumes: z.array(z.string()).default([]),
      secrets: z.array(z.string()).default([]),
      ports: z.array(z.string()).default([]),
      command: z.array(z.string()).default([]),
      healthcheck: z.object({ test: z.array(z.string()) }).optional(),
    }),
  ),
  volumes: z.record(z.string(), z.unknown()),
  secrets: z.record(z.string(), z.object({ environment: z.string() })),
});

const text = read('docker-compose.yml');
const { services, volumes, secrets } = compose.parse(parse(text, { merge: true }));
// the rules' own tests name processes that are nowhere
const deployFiles = globSync('deploy/**/*.{yml,yaml,cfg,conf}', { cwd: projectRoot }).filter(
  (file) => !file.startsWith('deploy/prometheus/tests/'),
);

function read(path: string): string {
  return readFileSync(join(projectRoot, path), 'utf8');
}

/** The `name:port` addresses that stand in a file, comments aside. */
function addressesIn(content: string): readonly string[] {
  const code = content.replaceAll(/(^|\s)#.*$/gm, '');
  return [...new Set([...code.matchAll(/\b([a-z][a-z-]*:\d{2,5})\b/g)].map(([, address = '']) => address))].filter(
    (address) => !address.startsWith('localhost:'),
  );
}

/** The mounts of a service that come from the repository: source and target. */
function repositoryMounts(service: { readonly volumes: readonly string[] }): readonly (readonly [string, string])[] {
  return service.volumes
    .map((mount) => mount.split(':'))
    .filter(([source = '']) => source.startsWith('./'))
    .map(([source = '', target = '']) => [source, target] as const);
}

describe('docker-compose.yml', () => {
  it.each(Object.entries(services))('pins the image of %s', (_, { image }) => {
    expect(image).toMatch(/:v?\d+\.\d+(\.\d+)?(-[a-z]+)?$/);
  });

  it('builds the version that package.json names', () => {
    const { version } = z.object({ version: z.string() }).parse(JSON.parse(read('package.json')));
    const own = Object.values(services).filter(({ image }) => image.startsWith('firebreak:'));
    expect(own.map(({ image }) => image)).toEqual(own.map(() => `firebreak:${version}`));
    // Without `build` Compose would look for the image in a registry before it is built.
    expect(own.map(({ build }) => build)).toEqual(own.map(() => '.'));
  });

  const mounts = Object.entries(services).flatMap(([name, service]) =>
    repositoryMounts(service).map(([source]) => [name, source] as const),
  );
  it.each(mounts)('%s mounts %s, which exists', (_, source) => {
    expect(existsSync(join(projectRoot, source))).toBe(true);
  });

  it('declares every volume and secret that a service uses, and no other', () => {
    const named = Object.values(services).flatMap((service) =>
      service.volumes.map((mount) => mount.split(':')[0] ?? '').filter((source) => !source.startsWith('.')),
    );
    expect(new Set(named)).toEqual(new Set(Object.keys(volumes)));
    const used = Object.values(services).flatMap((service) => service.secrets);
    expect(new Set(used)).toEqual(new Set(Object.keys(secrets)));
  });

  it('opens ports to this machine only, and only such as the service exposes', () => {
    for (const { ports, expose } of Object.values(services)) {
      for (const port of ports) {
        expect(port).toMatch(/^127\.0\.0\.1:\d+:\d+$/);
        expect(expose).toContain(port.split(':')[2]);
      }
    }
  });

  it("Grafana, the proxy and Firebreak agree on the address of the page with the buttons, and on Grafana's own", () => {
    const settings = z
      .object({ access: z.object({ grafana: z.object({ url: z.string(), origin: z.string() }) }) })
      .parse(parse(read('deploy/firebreak/firebreak.yaml')));
    const [, port] = (services['nginx']?.ports[0] ?? '').split(':');
    const { url, origin } = settings.access.grafana;
    expect(services['grafana']?.environment['GF_SERVER_ROOT_URL']).toBe(`${origin}/`);
    expect([origin, url]).toEqual([`http://localhost:${port}`, `http://grafana:${services['grafana']?.expose[0]}`]);
  });

  it('asks for every secret in .env.example', () => {
    const asked = [...text.matchAll(/\$\{([A-Z_]+)/g)].map(([, name]) => name);
    const wanted = [...asked, ...Object.values(secrets).map((secret) => secret.environment)];
    const given = [...read('.env.example').matchAll(/^([A-Z_]+)=/gm)].map(([, name]) => name);
    expect(new Set(wanted)).toEqual(new Set(given));
  });
});

describe('the files in deploy/', () => {
  const addresses = ['docker-compose.yml', ...deployFiles].flatMap((file) =>
    addressesIn(read(file))
      .filter((address) => !Object.values(services).some(({ image }) => image.includes(address)))
      .map((address) => [file, address] as const),
  );

  it.each(addresses)('%s: %s is a service with that port', (_, address) => {
    const [name = '', port = ''] = address.split(':');
    expect(Object.keys(services)).toContain(name);
    expect(services[name]?.expose).toContain(port);
  });

  it('name the services they are about', () => {
    const named = new Set(addresses.map(([, address]) => address));
    for (const address of ['firebreak:9700', 'alertmanager:9093', 'center-a:8080', 'haproxy:8404', 'haproxy:9999']) {
      expect(named).toContain(address);
    }
  });

  it('read only secrets that their service is given', () => {
    for (const [name, service] of Object.entries(services)) {
      const files = repositoryMounts(service).flatMap(([source]) =>
        deployFiles.filter((file) => `./${file}`.startsWith(source)),
      );
      const wanted = files.flatMap((file) =>
        [...read(file).matchAll(/\/run\/secrets\/([a-z-]+)/g)].map(([, one]) => one),
      );
      for (const secret of wanted) expect(service.secrets, name).toContain(secret);
    }
  });

  it('scrape the same on both paths', () => {
    const shape = z.object({ global: z.unknown(), scrape_configs: z.unknown() });
    const [normal, direct] = ['prometheus', 'prometheus-direct'].map((name) =>
      shape.parse(parse(read(`deploy/prometheus/${name}.yml`))),
    );
    expect(direct).toEqual(normal);
  });
});
