import { TextDimensionMode, type ColorDimensionConfig } from '@grafana/grafana-foundation-sdk/common';
import {
  ConnectionPath,
  HorizontalConstraint,
  PanelBuilder as CanvasPanel,
  VerticalConstraint,
  type CanvasConnection,
  type CanvasElementOptions,
} from '@grafana/grafana-foundation-sdk/canvas';
import type { Action } from '@grafana/grafana-foundation-sdk/dashboard';
import { levels } from './levels.js';
import type { Link } from './links.js';
import { describe, type About } from './panels.js';
import type { Spot } from './topology-layout.js';

/** A line, with what the package's types leave out. */
export interface Line extends CanvasConnection {
  /** Grafana draws an arrow where nothing is said. */
  readonly direction: { readonly mode: 'fixed'; readonly fixed: 'none' };
}

/** An element with what people can do with it, which the package's types leave out. */
export interface Element extends CanvasElementOptions {
  readonly actions?: readonly Action[];
  readonly links?: readonly Link[];
}

/** How a text looks. */
export interface TextStyle {
  readonly size?: number;
  readonly align?: 'left' | 'center' | 'right';
  readonly color?: string;
}

/** A picture of elements that stand where they were put; people look at it and cannot move anything. */
export function canvas(about: About, elements: readonly Element[]): CanvasPanel {
  return (
    describe(new CanvasPanel(), about)
      // without one of its own Grafana makes everything above 80 red
      .thresholds(levels('text'))
      .inlineEditing(false)
      .showAdvancedTypes(true)
      .panZoom(false)
      .infinitePan(false)
      .root({ name: 'all', type: 'frame', elements: [...elements] })
  );
}

/** A text that is always the same. */
export function text(name: string, spot: Spot, says: string, style: TextStyle = {}): Element {
  const fixed = { mode: TextDimensionMode.Fixed, fixed: says };
  return { ...placed(name, 'text', spot), config: textConfig(fixed, style) };
}

/**
 * The last value of a series, as its unit or mapping says it.
 *
 * @param field the legend of the series
 * @param filled whether what lies behind the text has the colour of the value
 */
export function value(
  name: string,
  spot: Spot,
  field: string,
  { filled = false, ...style }: TextStyle & { filled?: boolean } = {},
): Element {
  const color: ColorDimensionConfig = filled ? { fixed: '#FFFFFF' } : { field, fixed: 'text' };
  return {
    ...placed(name, 'metric-value', spot),
    config: { ...textConfig({ mode: TextDimensionMode.Field, field, fixed: '' }, style), color },
    ...(filled
      ? { background: { color: { field, fixed: 'gray' } }, border: { color: { fixed: 'gray' }, width: 0, radius: 4 } }
      : {}),
  };
}

/** A frame around other elements; it comes before them, so that it lies below. */
export function frame(name: string, spot: Spot): Element {
  return {
    ...placed(name, 'rectangle', spot),
    config: textConfig({ mode: TextDimensionMode.Fixed, fixed: '' }, {}),
    background: { color: { fixed: 'rgba(128, 128, 128, 0.10)' } },
    border: { color: { fixed: 'rgba(128, 128, 128, 0.6)' }, width: 1, radius: 6 },
  };
}

/** Something to press: a click shows the links and buttons, and each button asks before it acts. */
export function pressable(
  name: string,
  spot: Spot,
  says: string,
  { actions, links }: { readonly actions: readonly Action[]; readonly links: readonly Link[] },
): Element {
  return {
    ...placed(name, 'rectangle', spot),
    config: textConfig({ mode: TextDimensionMode.Fixed, fixed: says }, { size: 13, color: '#FFFFFF' }),
    background: { color: { fixed: '#1F60C4' } },
    border: { color: { fixed: '#1F60C4' }, width: 1, radius: 4 },
    actions,
    links,
  };
}

/** A line without arrows to another element; both ends as Canvas counts them: from the middle of the element to its edges, -1 to 1, upwards. */
export function line(
  to: string,
  source: CanvasConnection['source'],
  target: CanvasConnection['target'],
  color: ColorDimensionConfig,
): Line {
  const size = { fixed: 2, min: 1, max: 10 };
  const direction = { mode: 'fixed', fixed: 'none' } as const;
  return { source, target, targetName: to, path: ConnectionPath.Straight, color, size, direction };
}

function placed(name: string, type: string, { left, top, width, height }: Spot): Element {
  return {
    name,
    type,
    constraint: { horizontal: HorizontalConstraint.Left, vertical: VerticalConstraint.Top },
    placement: { left, top, width, height, rotation: 0 },
    background: { color: { fixed: 'transparent' } },
    border: { color: { fixed: 'transparent' }, width: 0 },
  };
}

function textConfig(what: object, { size = 13, align = 'center', color = 'text' }: TextStyle): object {
  return { text: what, size, align, valign: 'middle', color: { fixed: color } };
}
