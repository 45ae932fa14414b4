import type { DataSourceRef } from '@grafana/grafana-foundation-sdk/common';

/** The Prometheus that scrapes Firebreak and the services it looks after. */
export const METRICS: DataSourceRef = { type: 'prometheus', uid: '${datasource}' };

/** Firebreak itself, asked as if it were a Prometheus: executions, decisions and journals with their history. */
export const RECORDS: DataSourceRef = { type: 'prometheus', uid: '${firebreak}' };
