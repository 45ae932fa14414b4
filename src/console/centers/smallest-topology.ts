/** The smallest topology that says something, for whoever has none: two centres, one of which stands in for the other. */
export const SMALLEST_TOPOLOGY = `apiVersion: firebreak/v1
kind: Topology

regions:
  north: { title: North }

# capacity counts in any unit, as long as it is the same everywhere, such as requests per second
centers:
  a: { region: north, vendor: vendor-1, role: serving, capacity: 1000, standby: b }
  b: { region: north, vendor: vendor-2, role: standby, capacity: 1000, standby: a }

pairs:
  - { between: [a, b], latencyMs: 3.2, policy: consistent }

services:
  shop: { centers: [a, b], home: a }

# what must stay true in every cut-over
assertions:
  - { name: somebody-serves, minServing: 1 }
`;
