import {
  BigValueColorMode,
  BigValueGraphMode,
  GraphDrawStyle,
  GraphThresholdsStyleConfigBuilder,
  GraphThresholdsStyleMode,
  LegendDisplayMode,
  ReduceDataOptionsBuilder,
  SortOrder,
  StackingConfigBuilder,
  StackingMode,
  TooltipDisplayMode,
  VizLegendOptionsBuilder,
  VizTooltipOptionsBuilder,
} from '@grafana/grafana-foundation-sdk/common';
import { ThresholdsConfigBuilder, ThresholdsMode } from '@grafana/grafana-foundation-sdk/dashboard';
import { PanelBuilder as StatPanel } from '@grafana/grafana-foundation-sdk/stat';
import { PanelBuilder as TablePanel } from '@grafana/grafana-foundation-sdk/table';
import { PanelBuilder as SeriesPanel } from '@grafana/grafana-foundation-sdk/timeseries';
import type { AnyPanel } from './any-panel.js';

/** What every panel says of itself. */
export interface About {
  readonly title: string;
  /** What it shows and what to make of it, for somebody who sees it for the first time. */
  readonly description: string;
  /** Grafana's name of the unit, such as `s`, `short` or `percentunit`. */
  readonly unit: string;
  /** Columns of 24. */
  readonly width: number;
  /** Rows of about 30 pixels. */
  readonly height: number;
  /** What stands there while there is nothing to show. */
  readonly empty?: string;
}

/** Says of a panel what each must say. */
export function describe<P extends AnyPanel<P>>(
  panel: P,
  { title, description, unit, width, height, empty }: About,
): P {
  const said = panel.title(title).description(description).unit(unit).span(width).height(height);
  return empty === undefined ? said : said.noValue(empty);
}

/** One large number as it is now; of a query over time Grafana would show the last one, however long ago that was. */
export function stat(about: About): StatPanel {
  return describe(new StatPanel(), about)
    .reduceOptions(new ReduceDataOptionsBuilder().calcs(['lastNotNull']))
    .colorMode(BigValueColorMode.Value)
    .graphMode(BigValueGraphMode.None);
}

/** Lines over time. */
export function series(about: About): SeriesPanel {
  return describe(new SeriesPanel(), about)
    .fillOpacity(10)
    .legend(new VizLegendOptionsBuilder().displayMode(LegendDisplayMode.List).showLegend(true))
    .tooltip(new VizTooltipOptionsBuilder().mode(TooltipDisplayMode.Multi).sort(SortOrder.Descending));
}

/** How often something happened, as bars on top of each other. */
export function bars(about: About): SeriesPanel {
  return series(about)
    .drawStyle(GraphDrawStyle.Bars)
    .fillOpacity(80)
    .stacking(new StackingConfigBuilder().mode(StackingMode.Normal).group('A'));
}

/** Lines with those that must not be crossed, dashed. */
export function limited(panel: SeriesPanel, limits: ThresholdsConfigBuilder): SeriesPanel {
  return panel
    .thresholds(limits)
    .thresholdsStyle(new GraphThresholdsStyleConfigBuilder().mode(GraphThresholdsStyleMode.Dashed));
}

/** Rows and columns. */
export function table(about: About): TablePanel {
  return describe(new TablePanel(), about).showHeader(true).filterable(true);
}

/** Green, then other colours from certain values on. */
export function thresholds(
  ...steps: readonly { readonly from: number; readonly color: string }[]
): ThresholdsConfigBuilder {
  return new ThresholdsConfigBuilder()
    .mode(ThresholdsMode.Absolute)
    .steps([{ value: null, color: 'green' }, ...steps.map(({ from, color }) => ({ value: from, color }))]);
}
