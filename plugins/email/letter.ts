import { createHash } from 'node:crypto';
import { oneLine, visible } from '../clients/one-line.js';
import type { Message } from '../../src/plugin-sdk/index.js';

const MOST_SUBJECT = 150;
const MOST_TEXT = 100_000;

/** A message as it is mailed. */
export interface Letter {
  readonly messageId: string;
  /** Mails about one execution share it, and so stand together in the reader's program. */
  readonly thread: string;
  readonly subject: string;
  readonly text: string;
}

/**
 * Makes a letter of a message. Sent again, it has the same Message-ID, by which mail servers and readers tell repeats.
 *
 * @param recipients name of those who are told: each group gets a letter of its own
 * @param domain what Message-IDs end in
 */
export function letterOf(message: Message, recipients: string, domain: string): Letter {
  const text = visible(message.text.slice(0, MOST_TEXT));
  const cut = message.text.length > MOST_TEXT ? '\n(shortened: all of it stands behind the link)' : '';
  return {
    messageId: idOf(`${message.id} ${recipients}`, domain),
    thread: idOf(`thread of ${message.execution?.id ?? message.event}`, domain),
    subject: `[Firebreak] ${oneLine(message.title, MOST_SUBJECT)}`,
    text: `${text}${cut}\n\n${oneLine(message.link, 2_000)}\n`,
  };
}

/** A hash: whatever the text is made of, this is only letters and digits. */
function idOf(text: string, domain: string): string {
  return `<${createHash('sha256').update(text).digest('hex').slice(0, 40)}@${domain}>`;
}
