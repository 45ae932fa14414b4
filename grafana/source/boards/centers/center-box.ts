import { frame, line, pressable, text, value, type Element } from '../../kit/canvas.js';
import type { DrawnLink, Spot } from '../../kit/topology-layout.js';
import { cutOver, toCenters } from './cut-over.js';

/** A centre as its box shows it. */
export interface BoxedCenter {
  readonly id: string;
  readonly role: string;
  readonly vendor: string;
  /** Whether any service of the topology can run there. */
  readonly hasServices: boolean;
}

/** What stands in the box: what it is called there, and the end of the name of the series. */
const LINES = [
  ['Health', 'health'],
  ['Answers in', 'answers'],
  ['Data behind by', 'lag'],
  ['Can take over', 'ready'],
] as const;

const PAD = 10;
const LINE = 20;

/** The box itself, from which the lines to other centres begin. */
export function boxOf(id: string, spot: Spot, links: readonly DrawnLink[]): Element {
  const own = links.filter(({ from }) => from === id);
  const connections = own.map(({ to, begins, ends }) =>
    line(`box ${to}`, begins, ends, { fixed: 'rgba(128, 128, 128, 0.9)' }),
  );
  return { ...frame(`box ${id}`, spot), ...(connections.length === 0 ? {} : { connections }) };
}

/** What stands in the box. */
export function insideOf({ id, role, vendor, hasServices }: BoxedCenter, spot: Spot): Element[] {
  const what = [role, vendor].filter((one) => one !== '').join(', ');
  return [
    text(`${id} name`, half(spot, 'left', 4, 28), id, { size: 18, align: 'left' }),
    text(`${id} role`, half(spot, 'right', 4, 28), what, { size: 11, align: 'right' }),
    value(`${id} standing`, whole(spot, 34, 24), `${id} standing`, { filled: true, size: 14 }),
    ...LINES.flatMap(([name, field], i) => [
      text(`${id} ${field} name`, half(spot, 'left', 62 + i * LINE, LINE), name, { align: 'left' }),
      value(`${id} ${field}`, half(spot, 'right', 62 + i * LINE, LINE), `${id} ${field}`, { align: 'right' }),
    ]),
    hasServices
      ? pressable(`${id} cut over`, whole(spot, 146, 24), `Cut over from ${id} …`, {
          actions: [cutOver(id, '${service}')],
          links: [toCenters],
        })
      : text(`${id} without services`, whole(spot, 146, 24), 'no service in topology.yaml', { size: 12 }),
  ];
}

function whole({ left, top, width }: Spot, down: number, height: number): Spot {
  return { left: left + PAD, top: top + down, width: width - 2 * PAD, height };
}

function half(spot: Spot, side: 'left' | 'right', down: number, height: number): Spot {
  const { left, width, ...rest } = whole(spot, down, height);
  return { ...rest, left: side === 'left' ? left : left + width / 2, width: width / 2 };
}
