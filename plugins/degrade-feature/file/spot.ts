/** Where in a text a value is written. */
export interface Spot {
  /** Index of its first character, quotes included. */
  readonly start: number;
  /** Index after its last one. */
  readonly end: number;
}
