import { z } from 'zod';
import type { Panel } from '../board.js';
import { elementsOf, type Element } from '../buttons.js';
import { displayName, type Field, type Frame } from '../frames.js';
import { shown } from '../shown.js';
import { colorOf, css } from './colors.js';
import { escaped } from './text.js';

const dimension = z.looseObject({
  field: z.string().optional(),
  fixed: z.string().optional(),
  mode: z.string().optional(),
});
const placement = z.looseObject({ left: z.number(), top: z.number(), width: z.number(), height: z.number() });
const config = z.looseObject({
  text: dimension.optional(),
  size: z.number().default(14),
  align: z.string().default('left'),
  color: dimension.optional(),
});
const parts = z.looseObject({
  background: z.looseObject({ color: dimension.optional() }).optional(),
  border: z.looseObject({ color: dimension.optional(), width: z.number().default(0) }).optional(),
  connections: z
    .array(
      z.looseObject({
        targetName: z.string(),
        source: z.object({ x: z.number(), y: z.number() }),
        target: z.object({ x: z.number(), y: z.number() }),
      }),
    )
    .default([]),
});

/** The columns that the elements of a Canvas speak of. */
export function fieldsOn(panel: Panel): readonly string[] {
  const names = elementsOf(panel).flatMap((one) => {
    const { background, border } = parts.parse(one);
    const { text, color } = config.parse(one.config);
    return [
      text?.mode === 'fixed' ? undefined : text?.field,
      color?.field,
      background?.color?.field,
      border?.color?.field,
    ];
  });
  return [...new Set(names.filter((name) => name !== undefined && name !== ''))].filter((name) => name !== undefined);
}

/** Draws the elements of a Canvas where they stand. */
export function canvas(panel: Panel, frames: readonly Frame[]): string {
  const fields = frames.flatMap((frame) => frame.fields).filter(({ type }) => type !== 'time');
  const find = (name: string | undefined): Field | undefined => fields.find((one) => displayName(one) === name);
  const elements = elementsOf(panel);
  return `<div class="canvas"><svg>${connections(elements)}</svg>${elements.map((one) => drawn(one, find)).join('')}</div>`;
}

function drawn(one: Element, find: (name: string | undefined) => Field | undefined): string {
  const { left, top, width, height } = placement.parse(one.placement);
  const { background, border } = parts.parse(one);
  const { text, size, align, color } = config.parse(one.config);
  const paint = (of: z.output<typeof dimension> | undefined): string => {
    const field = find(of?.field);
    const value = field?.values.at(-1);
    const own = field === undefined || value === undefined ? undefined : colorOf(field, value);
    return own ?? css(of?.fixed ?? 'transparent');
  };
  const field = text?.mode === 'fixed' ? undefined : find(text?.field);
  const value = field?.values.at(-1);
  const words = field === undefined || value === undefined ? (text?.fixed ?? '') : shown(field, value);
  const style = [
    `left:${left}px;top:${top}px;width:${width}px;height:${height}px;background:${paint(background?.color)}`,
    `border:${border?.width ?? 0}px solid ${paint(border?.color)};color:${paint(color)};font-size:${size}px`,
    `justify-content:${align === 'center' ? 'center' : align === 'right' ? 'flex-end' : 'flex-start'}`,
  ];
  return `<div class="element" style="${style.join(';')}">${escaped(words)}</div>`;
}

function connections(elements: readonly Element[]): string {
  const at = (one: Element, { x, y }: { x: number; y: number }): [number, number] => {
    const { left, top, width, height } = placement.parse(one.placement);
    return [left + (width * (1 + x)) / 2, top + (height * (1 - y)) / 2];
  };
  return elements
    .flatMap((one) =>
      parts.parse(one).connections.map(({ targetName, source, target }) => {
        const to = elements.find(({ name }) => name === targetName) ?? one;
        const [[x1, y1], [x2, y2]] = [at(one, source), at(to, target)];
        return `<line x1="${x1}" y1="${y1}" x2="${x2}" y2="${y2}" stroke="#8e8e8e" stroke-width="2"/>`;
      }),
    )
    .join('');
}
