/** A list of which a test knows that it has a first. */
export type Some = readonly [ApiJson, ...ApiJson[]];

/** What the tests read of answers; each answer has some of it. */
export interface ApiJson {
  readonly id: string;
  readonly name: string;
  readonly code: string;
  readonly detail: string;
  readonly requestId: string;
  readonly phase: string;
  readonly outcome: string;
  readonly trigger: string;
  readonly mode: string;
  readonly requestedBy: string;
  readonly target: string;
  readonly by: string;
  readonly at: string;
  readonly until: string;
  readonly closedAt: string;
  readonly fingerprint: string;
  readonly decision: string;
  readonly because: string;
  readonly would: string;
  readonly executionId: string;
  readonly cursor: string;
  readonly warning: string;
  readonly openapi: string;
  readonly reason: string;
  readonly seq: number;
  readonly dryRun: boolean;
  readonly alert: object;
  readonly requestedWith: object;
  readonly catalogue: object;
  readonly plan: { readonly digest: string; readonly steps?: readonly object[] };
  readonly approval: { readonly grants: readonly [{ readonly reason?: string }] };
  readonly event: { readonly type: string; readonly intent: object };
  readonly items: Some;
  readonly alerts: Some;
  readonly decisions: Some;
  readonly actions: Some;
  readonly probes: Some;
  readonly notifiers: Some;
  readonly paths: Readonly<Record<string, Readonly<Record<string, OpenApiOperation>>>>;
}

/** What the tests read of one operation in the OpenAPI document. */
export interface OpenApiOperation {
  readonly summary?: string;
  readonly requestBody?: {
    readonly content: Readonly<Record<string, { readonly schema: { readonly required: readonly string[] } }>>;
  };
}
