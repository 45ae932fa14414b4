import type { Panel } from '@grafana/grafana-foundation-sdk/dashboard';

/** What the builders of all kinds of panels have in common. */
export interface AnyPanel<P> {
  build(): Panel;
  title(title: string): P;
  description(description: string): P;
  unit(unit: string): P;
  span(columns: number): P;
  height(rows: number): P;
  noValue(text: string): P;
}
