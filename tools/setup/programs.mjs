/**
 * The programs that are no npm packages: the names it may go by, where Debian and Homebrew have it, the system services
 * that Debian's package brings (they are kept off), and what Firebreak wants it for. A new program is a new line here.
 */
export const programs = {
  redis: {
    binaries: ['redis-server', 'valkey-server'],
    debian: 'redis-server',
    brew: 'redis',
    services: ['redis-server.service'],
    purpose: 'keeps the executions and the queue',
  },
  prometheus: {
    binaries: ['prometheus'],
    debian: 'prometheus',
    brew: 'prometheus',
    services: ['prometheus.service'],
    purpose: 'raises the alerts and answers the probes in tests and in the demo',
  },
  alertmanager: {
    binaries: ['prometheus-alertmanager', 'alertmanager'],
    debian: 'prometheus-alertmanager',
    services: ['prometheus-alertmanager.service'],
    purpose: 'sends the webhooks in tests and in the demo',
  },
  haproxy: {
    binaries: ['haproxy'],
    debian: 'haproxy',
    brew: 'haproxy',
    services: ['haproxy.service'],
    purpose: 'is throttled in tests and in the demo',
  },
  nginx: {
    binaries: ['nginx'],
    debian: 'nginx',
    brew: 'nginx',
    services: ['nginx.service'],
    purpose: 'is throttled in tests and in the demo',
  },
  postgres: {
    binaries: ['postgres'],
    debian: 'postgresql',
    brew: 'postgresql',
    services: ['postgresql.service'],
    purpose: 'is cut over in tests and drills',
  },
  bind: {
    binaries: ['named'],
    debian: 'bind9',
    brew: 'bind',
    services: ['named.service', 'named-resolvconf.service'],
    purpose: 'takes dynamic updates in tests',
  },
  etcd: {
    binaries: ['etcd'],
    debian: 'etcd-server',
    brew: 'etcd',
    services: ['etcd.service'],
    purpose: 'keeps where services are in tests',
  },
  blackbox: {
    binaries: ['prometheus-blackbox-exporter', 'blackbox_exporter'],
    debian: 'prometheus-blackbox-exporter',
    services: ['prometheus-blackbox-exporter.service'],
    purpose: 'is the second vantage point in tests and drills',
  },
  memcached: {
    binaries: ['memcached'],
    debian: 'memcached',
    brew: 'memcached',
    services: ['memcached.service'],
    purpose: 'loses stale entries in tests',
  },
  varnish: {
    binaries: ['varnishd'],
    debian: 'varnish',
    brew: 'varnish',
    services: ['varnish.service', 'varnishncsa.service'],
    purpose: 'loses stale pages in tests',
  },
  nft: {
    binaries: ['nft'],
    debian: 'nftables',
    services: ['nftables.service'],
    purpose: 'isolates endpoints in tests',
  },
  kubectl: {
    binaries: ['kubectl'],
    debian: 'kubernetes-client',
    brew: 'kubernetes-cli',
    services: [],
    purpose: 'proves that the stand-in for a Kubernetes API server is one in tests',
  },
  chromium: {
    binaries: ['chromium', 'chromium-browser', 'google-chrome'],
    debian: 'chromium',
    brew: 'chromium',
    services: [],
    purpose: 'looks at the pages of the console in tests',
  },
  ip: {
    binaries: ['ip'],
    debian: 'iproute2',
    services: [],
    purpose: 'makes the networks that drills cut',
  },
};
