/** Endpoints of one cluster in two centres, as Envoy reads them from a watched file. */
export const EDS_YAML = `# Which centre gets how much; Firebreak changes the weights.
version_info: "41"
resources:
  - "@type": type.googleapis.com/envoy.config.endpoint.v3.ClusterLoadAssignment
    cluster_name: orders
    endpoints:
      - locality: { region: north, zone: a } # the old centre
        load_balancing_weight: 100
        lb_endpoints:
          - endpoint: { address: { socket_address: { address: 10.0.0.1, port_value: 8080 } } }
      - locality: { region: north, zone: b }
        lb_endpoints:
          - endpoint: { address: { socket_address: { address: 10.0.1.1, port_value: 0x1F90 } } }
      - locality: { region: east, zone: c }
        load_balancing_weight: 1
        priority: 1
        lb_endpoints:
          - health_status: DRAINING
            endpoint: { address: { socket_address: { address: 10.0.2.1, port_value: 8080 } } }
`;

/** Routes that divide requests between the clusters of two centres, as JSON. */
export const RDS_JSON = `${JSON.stringify(
  {
    version_info: 'v9',
    resources: [
      {
        '@type': 'type.googleapis.com/envoy.config.route.v3.RouteConfiguration',
        name: 'public',
        virtual_hosts: [
          {
            name: 'all',
            domains: ['*'],
            routes: [
              { match: { path: '/healthz' }, direct_response: { status: 200 } },
              {
                match: { prefix: '/' },
                route: {
                  weighted_clusters: {
                    clusters: [
                      { name: 'orders-a', weight: 100 },
                      { name: 'orders-b', weight: 0 },
                    ],
                    total_weight: 100,
                  },
                },
              },
            ],
          },
        ],
      },
    ],
  },
  null,
  4,
)}\n`;

/** Clusters with thresholds, as Envoy reads them from a watched file. */
export const CDS_YAML = `version_info: "7"
resources:
  - "@type": type.googleapis.com/envoy.config.cluster.v3.Cluster
    name: orders
    connect_timeout: 1s
    circuit_breakers:
      thresholds:
        - priority: HIGH
          max_requests: 5000
        - max_connections: 400 # of each Envoy
          max_requests: 1000
  - "@type": type.googleapis.com/envoy.config.cluster.v3.Cluster
    name: plain
`;

/** Runtime values, of which a filter for rate limits reads one, as JSON. */
export const RTDS_JSON = `${JSON.stringify(
  {
    version_info: 'r1',
    resources: [
      {
        '@type': 'type.googleapis.com/envoy.service.runtime.v3.Runtime',
        name: 'limits',
        layer: { 'orders.per_second': 300, 'orders.note': 'by hand' },
      },
    ],
  },
  null,
  2,
)}\n`;
