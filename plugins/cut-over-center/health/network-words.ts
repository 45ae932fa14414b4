/** Other codes are shown as they are. */
const WORDS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'connection refused',
  ECONNRESET: 'connection reset',
  EHOSTUNREACH: 'no route to it',
  ENETUNREACH: 'no route to it',
  ENOTFOUND: 'its name is not known',
  UND_ERR_SOCKET: 'connection closed',
};

/** Gives the words for a code of the network layer, such as `ECONNREFUSED`. */
export function networkWords(code: string): string {
  return WORDS[code] ?? code;
}
