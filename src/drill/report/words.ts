const WORDS: Readonly<Record<string, string>> = {
  startsAt: 'alert began',
  receivedAt: 'alert received',
  openedAt: 'opened',
  plannedAt: 'planned',
  firstEffectAt: 'first effect',
  appliedAt: 'applied',
  verifiedAt: 'verified',
  closedAt: 'closed',
};

/** Gives the words for a moment of an execution; one that this version does not know speaks for itself. */
export function momentWords(name: string): string {
  return WORDS[name] ?? name;
}
