import { pathToFileURL } from 'node:url';
import { ROOT_CONTEXT, SpanStatusCode, type Span } from '@opentelemetry/api';
import { currentHop } from './hop.js';
import { tracer } from './spans.js';

/** From where something that is configured was read. */
export interface ConfigSource {
  readonly source: 'file' | 'env';
  /** Absolute; absent for the environment, which has none. */
  readonly path?: string | undefined;
  readonly format: 'yaml' | 'env';
}

/** What came of reading it. */
export interface ConfigLoaded {
  /** As lines of the log have it in `config_version`, where there is one. */
  readonly version?: string;
  /** Why the old edition stays in force; absent when the new one is. */
  readonly refused?: string;
}

/** Begins to show that configuration is read. */
export function configSpan(from: readonly ConfigSource[], startTime?: number): (loaded: ConfigLoaded) => void {
  const parent = currentHop()?.parent ?? ROOT_CONTEXT;
  const times = startTime === undefined ? {} : { startTime };
  const spans = from.map((one) => tracer.startSpan('config.load', { ...times, attributes: attributesOf(one) }, parent));
  return (loaded) => {
    for (const span of spans) finish(span, loaded);
  };
}

function attributesOf({ source, path, format }: ConfigSource): Record<string, string> {
  const uri = path === undefined ? 'env:' : pathToFileURL(path).href;
  return { 'config.source': source, 'config.path': uri, 'config.format': format };
}

function finish(span: Span, { version, refused }: ConfigLoaded): void {
  if (version !== undefined) span.setAttribute('config.version', version);
  if (refused !== undefined) {
    span.setAttribute('error.type', refused);
    span.setStatus({ code: SpanStatusCode.ERROR });
  }
  span.end();
}
