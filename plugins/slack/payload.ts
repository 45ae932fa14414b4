import { oneLine } from '../clients/one-line.js';
import type { Message } from '../../src/plugin-sdk/index.js';

/** What Slack takes of a block's text at most is 150 for a header and 3000 for a section; shorter is surely taken. */
const MOST_HEADER = 140;
const MOST_SECTION = 2_900;
/** All blocks together may have about 13,000 characters. */
const MOST_SECTIONS = 3;
const MOST_FALLBACK = 1_000;
const SHORTENED = '(shortened: all of it stands behind the link)';

/**
 * Makes what an incoming webhook takes: blocks, and a plain text for notifications and for whoever shows no blocks.
 * Nothing of the message can become a link, a mention or formatting: texts are plain ones, and `&`, `<` and `>` are
 * escaped. Only Firebreak's own link is one.
 *
 * @param buttons whether what waits for approval can be approved and rejected right there, and what is held can be taken
 */
export function payloadOf({ event, title, text, link, execution }: Message, buttons = false): object {
  const heading = escaped(oneLine(title, MOST_HEADER), MOST_HEADER);
  const context = execution === undefined ? [] : [`${execution.runbook} on ${execution.target}`];
  return {
    text: escaped(`${oneLine(title)}\n${text}`, MOST_FALLBACK),
    mrkdwn: false,
    unfurl_links: false,
    unfurl_media: false,
    blocks: [
      { type: 'header', text: plain(heading) },
      ...sectionsOf(text).map((part) => ({ type: 'section', text: plain(part) })),
      ...(buttons ? buttonsOf(event, execution) : []),
      {
        type: 'context',
        elements: [
          { type: 'mrkdwn', text: `<${urlText(link)}|Open in Firebreak>`, verbatim: true },
          ...context.map((part) => plain(escaped(oneLine(part, 200), MOST_HEADER * 2))),
        ],
      },
    ],
  };
}

/** What the buttons say goes to `/slack/interactions`; their value names the execution, or the one plan, that they are about. */
function buttonsOf(event: Message['event'], execution: Message['execution']): object[] {
  if (event === 'held' && execution !== undefined)
    return [{ type: 'actions', elements: [plainButton('take', 'I take it', execution.id)] }];
  if (execution?.digest === undefined) return [];
  const value = `${execution.id} ${execution.digest}`;
  const about = `${execution.runbook} on ${execution.target}`;
  return [
    {
      type: 'actions',
      elements: [
        button('approve', 'Approve this plan', 'primary', value, `Approve ${about}?`),
        button('reject', 'Reject', 'danger', value, `Reject ${about}? Nothing is changed then.`),
      ],
    },
  ];
}

function button(says: string, text: string, style: string, value: string, question: string): object {
  const confirm = {
    title: plain('Are you sure?'),
    text: plain(escaped(oneLine(question, 250), 290)),
    confirm: plain('Yes'),
    deny: plain('No'),
  };
  return { ...plainButton(says, text, value), style, confirm };
}

/** One that changes nothing needs no question. */
function plainButton(says: string, text: string, value: string): object {
  return { type: 'button', action_id: `firebreak-${says}`, text: plain(text), value };
}

function plain(text: string): object {
  return { type: 'plain_text', text, emoji: false };
}

/** Cuts a text into as few sections as it takes, at the ends of lines. */
function sectionsOf(text: string): string[] {
  const parts: string[] = [];
  for (const line of text.split('\n').map((one) => escaped(one, MOST_SECTION))) {
    const last = parts.at(-1);
    if (last !== undefined && last.length + line.length < MOST_SECTION) parts[parts.length - 1] = `${last}\n${line}`;
    else parts.push(line);
  }
  // Slack refuses empty texts.
  const filled = parts.filter((part) => part.trim() !== '');
  return filled.length > MOST_SECTIONS ? [...filled.slice(0, MOST_SECTIONS), SHORTENED] : filled;
}

/** Escapes what is markup to Slack, without cutting an escape in two. */
function escaped(text: string, most: number): string {
  let made = '';
  for (const character of text) {
    const next = ESCAPES.get(character) ?? character;
    if (made.length + next.length > most - 3) return `${made}...`;
    made += next;
  }
  return made;
}

const ESCAPES: ReadonlyMap<string, string> = new Map([
  ['&', '&amp;'],
  ['<', '&lt;'],
  ['>', '&gt;'],
]);

/** A link inside `<...|...>`: nothing in it can end it. */
function urlText(link: string): string {
  return link.replaceAll('&', '&amp;').replaceAll('<', '%3C').replaceAll('>', '%3E').replaceAll('|', '%7C');
}
