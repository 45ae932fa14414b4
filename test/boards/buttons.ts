import { z } from 'zod';
import { PARTS, type Action, type Link, type Panel } from './board.js';

/** Buttons and links of one place of a panel: of its fields in general, of one field, or of an element of a Canvas. */
export interface Place {
  readonly where: string;
  readonly actions: readonly Action[];
  readonly links: readonly Link[];
  /** The field that an override means; absent for all fields and for elements. */
  readonly field?: string;
  /** Whether the same override makes cells of buttons. */
  readonly hasCells: boolean;
  /** What a Canvas shows of this element. */
  readonly element?: Element;
}

const element = z.looseObject({
  type: z.string(),
  name: z.string().default(''),
  actions: PARTS.actions.default([]),
  links: PARTS.links.default([]),
  oneClickMode: z.string().optional(),
  config: z.record(z.string(), z.unknown()).default({}),
  placement: z.record(z.string(), z.unknown()).default({}),
});

/** An element of a Canvas. */
export type Element = z.output<typeof element>;

const canvas = z.looseObject({ root: z.looseObject({ elements: z.array(element).default([]) }).optional() });

/** The elements of a Canvas; none for other panels. */
export function elementsOf({ type, options }: Panel): readonly Element[] {
  return type === 'canvas' ? (canvas.parse(options).root?.elements ?? []) : [];
}

/** Every place of a panel that can have buttons or links. */
export function placesOf(panel: Panel): readonly Place[] {
  const { defaults, overrides } = panel.fieldConfig;
  const general: Place = { where: 'all fields', actions: defaults.actions, links: defaults.links, hasCells: false };
  const special = overrides.map(({ matcher, properties }): Place => {
    const of = (id: string): unknown => properties.find((one) => one.id === id)?.value;
    const cell = z.object({ type: z.string() }).safeParse(of('custom.cellOptions'));
    return {
      where: `field ${JSON.stringify(matcher.options)}`,
      ...(typeof matcher.options === 'string' ? { field: matcher.options } : {}),
      actions: PARTS.actions.parse(of('actions') ?? []),
      links: PARTS.links.parse(of('links') ?? []),
      hasCells: cell.success && cell.data.type === 'actions',
    };
  });
  const elements = elementsOf(panel).map((one): Place => ({
    where: `element ${one.name}`,
    actions: one.actions,
    links: one.links,
    hasCells: false,
    element: one,
  }));
  return [general, ...special, ...elements].filter(
    ({ actions, links, hasCells }) => actions.length + links.length > 0 || hasCells,
  );
}
