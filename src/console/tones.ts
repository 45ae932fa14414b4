/** How a word is meant: it decides colour and symbol. */
export type Tone = 'good' | 'warn' | 'bad' | 'busy' | 'quiet';

const WORDS: Readonly<Record<Exclude<Tone, 'quiet'>, readonly string[]>> = {
  good: [
    'succeeded',
    'healthy',
    'applied',
    'serving',
    'proven',
    'ready',
    'approved',
    'granted',
    'resolved',
    'accepted',
  ],
  warn: [
    'awaiting-approval',
    'holding',
    'warning',
    'worse',
    'medium',
    'expired',
    'blocked',
    'storm',
    'paused',
    'stale',
  ],
  bad: ['held', 'failed', 'critical', 'unhealthy', 'error', 'high', 'page', 'frozen', 'firing', 'irreversible'],
  busy: [
    'planning',
    'holding',
    'applying',
    'verifying',
    'reverting',
    'intended',
    'opened',
    'pending',
    'running',
    'info',
    'auto',
  ],
};

const TONES: ReadonlyMap<string, Tone> = new Map([
  ...WORDS.good.map((word): [string, Tone] => [word, 'good']),
  ...WORDS.warn.map((word): [string, Tone] => [word, 'warn']),
  ...WORDS.bad.map((word): [string, Tone] => [word, 'bad']),
  ...WORDS.busy.map((word): [string, Tone] => [word, 'busy']),
]);

/** Gives the tone of a phase, an outcome, a severity, a verdict or a state; of any other word the quiet one. */
export function toneOf(word: string): Tone {
  return TONES.get(word.toLowerCase()) ?? 'quiet';
}
