import type { GaugeMaker, Gauges } from './gauge-sources.js';

/** Shows the topology, and how its centres stand. */
export function connectPlaces(gauges: Pick<Gauges, 'centers' | 'topology'>, maker: GaugeMaker): void {
  connectStanding(gauges.centers, maker);
  connectTopology(gauges.topology, maker);
}

function connectStanding(centers: Gauges['centers'], { make, most }: GaugeMaker): void {
  make.gauge('center_in_service', 'Centres, as the assertions count them', ['center'], most, async () =>
    (await centers()).map(({ center, inService }) => ({ labels: { center }, value: Number(inService) })),
  );
  make.gauge(
    'center_carries',
    'Whether users are sent to a centre, as far as it is known',
    ['center'],
    most,
    async () => (await centers()).map(({ center, carries }) => ({ labels: { center }, value: Number(carries) })),
  );
  const proven = 'When a centre last took over well';
  make.gauge('center_proven_timestamp_seconds', proven, ['center'], most, async () =>
    (await centers()).flatMap(({ center, provenAt }) =>
      provenAt === undefined ? [] : { labels: { center }, value: provenAt / 1000 },
    ),
  );
}

function connectTopology(topology: Gauges['topology'], { make, most }: GaugeMaker): void {
  make.gauge('center_info', 'Centres of the topology', ['center', 'region', 'vendor', 'role'], most, () =>
    topology().centers.map(({ center, region, vendor, role }) => ({
      labels: { center, region, vendor, role },
      value: 1,
    })),
  );
  make.gauge('center_link_seconds', 'How far apart two centres are, as the topology says', ['from', 'to'], most, () =>
    topology().links.map(({ between: [from, to], latencyMs }) => ({
      labels: { from, to },
      // written in microseconds, so that 41.3 ms are 0.0413 s and not a little less
      value: Math.round(latencyMs * 1000) / 1_000_000,
    })),
  );
  const services = 'Centres in which a service can run';
  make.gauge('center_service_info', services, ['service', 'center', 'home'], most, () =>
    topology().services.map(({ service, center, isHome }) => ({
      labels: { service, center, home: isHome ? 'yes' : 'no' },
      value: 1,
    })),
  );
  make.gauge('center_baseline', 'What is usual at a centre, as the topology says', ['center', 'baseline'], most, () =>
    topology().baselines.map(({ center, baseline, value }) => ({ labels: { center, baseline }, value })),
  );
}
