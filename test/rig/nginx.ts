import { chmodSync } from 'node:fs';
import { join } from 'node:path';
import { exchange } from './exchange.js';
import { installed } from './installed.js';
import { freePort, removeFolder, rigFolder, startProcess, type RunningProcess } from './processes.js';
import { deployFile, writeInto } from './project.js';

/** A real nginx that puts Grafana and Firebreak under one origin. */
export interface RigNginx {
  readonly url: string;
  readonly process: RunningProcess;
  readonly stop: () => Promise<void>;
}

/** What nginx stands in front of, each as `host:port`. */
export interface NginxPeers {
  readonly grafana: string;
  readonly firebreak: string;
}

/** Starts nginx with `deploy/nginx/nginx.conf`. */
export async function startNginx(peers: NginxPeers): Promise<RigNginx> {
  const folder = rigFolder('nginx');
  chmodSync(folder, 0o755); // its workers may be another user than its master
  const port = await freePort();
  const process = await startProcess({
    name: 'nginx',
    command: installed('nginx'),
    args: [...nginxArguments(folder, `127.0.0.1:${port}`, peers), '-g', 'daemon off;'],
    folder,
    ready: async () => (await exchange({ host: '127.0.0.1', port }, 'GET\r\n\r\n')).includes('400'),
  });
  return {
    url: `http://127.0.0.1:${port}`,
    process,
    stop: async () => {
      await process.stop();
      removeFolder(folder);
    },
  };
}

/** Writes the configuration into a folder, where nginx also keeps all its own files, and gives nginx's arguments. */
export function nginxArguments(folder: string, listen: string, peers: NginxPeers): readonly string[] {
  const ownFiles = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
    .map((kind) => `${kind}_temp_path ${join(folder, kind)};`)
    .join(' ');
  const text = deployFile('nginx/nginx.conf', {
    'events {}': `events {} pid ${join(folder, 'nginx.pid')};`,
    'http {': `http { access_log off; ${ownFiles}`,
    'listen 80': `listen ${listen}`,
    'grafana:3000': peers.grafana,
    'firebreak:9700': peers.firebreak,
  });
  return ['-p', folder, '-e', 'stderr', '-c', writeInto(folder, 'nginx.conf', text)];
}
