import {
  LegendDisplayMode,
  TooltipDisplayMode,
  VisibilityMode,
  VizLegendOptionsBuilder,
  VizOrientation,
  VizTooltipOptionsBuilder,
} from '@grafana/grafana-foundation-sdk/common';
import { PanelBuilder as BarChart } from '@grafana/grafana-foundation-sdk/barchart';
import { describe, type About } from './panels.js';
import { rows } from './queries.js';

/** One bar of each group. */
export interface Bar {
  /** Also the name of the query. */
  readonly name: string;
  readonly title: string;
  /** Answers a figure by the one label that names the groups. */
  readonly expr: string;
  readonly color: string;
}

/**
 * Bars side by side, a group for each value of a label.
 *
 * @param label names the groups
 */
export function groupedBars(about: About, label: string, bars: readonly Bar[]): BarChart {
  const panel = describe(new BarChart(), about)
    .targets(bars.map(({ name, expr }) => rows(expr).refId(name)))
    .withTransformation({ id: 'merge', options: {} })
    .withTransformation({
      id: 'organize',
      options: {
        excludeByName: { Time: true },
        indexByName: Object.fromEntries(
          [label, ...bars.map(({ name }) => `Value #${name}`)].map((name, i) => [name, i]),
        ),
        renameByName: {},
      },
    })
    .xField(label)
    .orientation(VizOrientation.Horizontal)
    .showValue(VisibilityMode.Auto)
    .barWidth(0.9)
    .groupWidth(0.8)
    .fillOpacity(80)
    .legend(new VizLegendOptionsBuilder().displayMode(LegendDisplayMode.List).showLegend(true))
    .tooltip(new VizTooltipOptionsBuilder().mode(TooltipDisplayMode.Multi));
  for (const { name, title, color } of bars)
    panel.overrideByName(`Value #${name}`, [
      { id: 'displayName', value: title },
      { id: 'color', value: { mode: 'fixed', fixedColor: color } },
    ]);
  return panel;
}
