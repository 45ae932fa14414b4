import { INVALID_SPAN_CONTEXT, trace, type Attributes, type Span, type SpanStatus } from '@opentelemetry/api';
import { afterEach, expect, it } from 'vitest';
import { FakeClock } from '../testing/fake-clock.js';
import { boundedCall } from './bounded-call.js';
import { redactor } from './redact.js';

afterEach(() => trace.disable());

it('S18: neither the target nor the failure of a call brings a secret into its span', async () => {
  const noted: { attributes: Attributes; status?: SpanStatus } = { attributes: {} };
  const span: Span = Object.assign(trace.wrapSpanContext(INVALID_SPAN_CONTEXT), {
    isRecording: () => true,
    setAttributes: (attributes: Attributes) => {
      Object.assign(noted.attributes, attributes);
      return span;
    },
    setStatus: (status: SpanStatus) => {
      noted.status = status;
      return span;
    },
  });
  const noCallback = (): never => {
    throw new Error('spans are begun by startSpan only');
  };
  trace.setGlobalTracerProvider({ getTracer: () => ({ startSpan: () => span, startActiveSpan: noCallback }) });
  const secret = 'a-secret-of-the-plugin';
  const result = await boundedCall(
    { plugin: 'http', part: 'request', verb: 'apply' },
    {
      clock: new FakeClock(),
      timeoutMs: 1_000,
      mask: redactor([secret]),
      observe: () => undefined,
      purpose: { executionId: 'x1', target: `cache/${secret}`, step: 'close' },
    },
    () => Promise.reject(new Error(`${secret} was refused`)),
  );
  expect(result.ok).toBe(false);
  expect(noted.attributes).toMatchObject({ 'firebreak.target': 'cache/***', 'firebreak.step': 'close' });
  expect(noted.status?.message).toBe('*** was refused');
});
