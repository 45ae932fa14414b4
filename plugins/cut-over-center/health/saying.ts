/**
 * What one vantage point says of a centre. One that cannot say anything is silent, which is not the same as down.
 */
export type Saying =
  | { readonly vantage: string; readonly says: 'up' | 'down'; readonly seconds: number; readonly detail: string }
  | { readonly vantage: string; readonly says: 'silent'; readonly detail: string };
