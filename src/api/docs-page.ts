import type { OpenAPIObject } from '@nestjs/swagger';
import { ERRORS, type ErrorEntry } from '../core/errors.js';

const METHODS = ['get', 'post', 'put', 'patch', 'delete'] as const;

const STYLE = `body{font:16px/1.5 system-ui,sans-serif;max-width:70rem;margin:2rem auto;padding:0 1rem;color:#1b1b1f;background:#fff}
table{border-collapse:collapse;width:100%}td,th{text-align:left;vertical-align:top;padding:.35rem .75rem;border-bottom:1px solid #ccc}
code{font:14px ui-monospace,monospace}:target{background:#fff3c4}
@media (prefers-color-scheme:dark){body{color:#e6e6e9;background:#161618}:target{background:#4a3f10}}`;

/** The policy that lets the page have its own style, and nothing else. */
export const DOCS_POLICY = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'";

/** Writes the documentation as one page without scripts: every address, and every error with what to do. */
export function docsPage(document: OpenAPIObject): string {
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Firebreak API</title><style>${STYLE}</style></head><body>
<h1>Firebreak API</h1><p>${escapeHtml(document.info.description ?? '')} The same for machines, with all schemas: <a href="openapi.json">openapi.json</a>.</p>
<h2>Addresses</h2><table><thead><tr><th>Method</th><th>Path</th><th>Does</th></tr></thead><tbody>${addresses(document)}</tbody></table>
<h2>Errors</h2><table><thead><tr><th>Code</th><th>Status</th><th>Means</th><th>What to do</th></tr></thead><tbody>${errors()}</tbody></table></body></html>`;
}

function addresses({ paths }: OpenAPIObject): string {
  const rows = Object.entries(paths).flatMap(([path, item]) =>
    METHODS.flatMap((method) => {
      const operation = item[method];
      return operation === undefined ? [] : [[method.toUpperCase(), path, operation.summary ?? ''] as const];
    }),
  );
  return rows
    .map(
      ([method, path, does]) =>
        `<tr><td>${method}</td><td><code>${escapeHtml(path)}</code></td><td>${escapeHtml(does)}</td></tr>`,
    )
    .join('\n');
}

function errors(): string {
  return Object.entries<ErrorEntry>(ERRORS)
    .map(
      ([code, { status, title, advice }]) =>
        `<tr id="error-${code}"><td><code>${code}</code></td><td>${status}</td><td>${escapeHtml(title)}</td><td>${escapeHtml(advice)}</td></tr>`,
    )
    .join('\n');
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
