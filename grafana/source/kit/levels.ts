import { ThresholdsConfigBuilder, ThresholdsMode } from '@grafana/grafana-foundation-sdk/dashboard';

/** From this value on, this colour. */
export interface Level {
  readonly from: number;
  readonly color: string;
}

/**
 * Colours by value, where what is low is not what is good.
 *
 * @param lowest the colour below all levels
 */
export function levels(lowest: string, ...steps: readonly Level[]): ThresholdsConfigBuilder {
  return new ThresholdsConfigBuilder()
    .mode(ThresholdsMode.Absolute)
    .steps([{ value: null, color: lowest }, ...steps.map(({ from, color }) => ({ value: from, color }))]);
}
