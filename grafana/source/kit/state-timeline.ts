import {
  LegendDisplayMode,
  TooltipDisplayMode,
  VisibilityMode,
  VizLegendOptionsBuilder,
  VizTooltipOptionsBuilder,
} from '@grafana/grafana-foundation-sdk/common';
import type { ValueMapping } from '@grafana/grafana-foundation-sdk/dashboard';
import { PanelBuilder as StateTimeline } from '@grafana/grafana-foundation-sdk/statetimeline';
import { levels } from './levels.js';
import { describe, type About } from './panels.js';

/**
 * A row of states over time for each series.
 *
 * @param states what each value is called
 */
export function states(about: About, states: readonly ValueMapping[]): StateTimeline {
  return describe(new StateTimeline(), about)
    .mappings([...states])
    .thresholds(levels('text'))
    .showValue(VisibilityMode.Auto)
    .mergeValues(true)
    .rowHeight(0.8)
    .fillOpacity(75)
    .lineWidth(0)
    .legend(new VizLegendOptionsBuilder().displayMode(LegendDisplayMode.List).showLegend(true))
    .tooltip(new VizTooltipOptionsBuilder().mode(TooltipDisplayMode.Single));
}
