import Handlebars from 'handlebars';

/** The helpers there are: how many values each takes, and how it is used. */
export const HELPERS = {
  json: { values: 1, usage: 'json takes one value: {{json labels.name}}' },
  urlencode: { values: 1, usage: 'urlencode takes one value: {{urlencode labels.name}}' },
  default: { values: 2, usage: 'default takes a value and a fixed text: {{default labels.name "none"}}' },
} as const;

/** Tells whether a name is that of a helper. */
export function isHelper(name: string): name is keyof typeof HELPERS {
  return Object.hasOwn(HELPERS, name);
}

/** A Handlebars of our own, without any of the helpers it comes with. */
export const handlebars = isolated();

function isolated(): typeof Handlebars {
  const own = Handlebars.create();
  for (const name of Object.keys(own.helpers)) own.unregisterHelper(name);
  own.registerHelper('json', (value: unknown) => JSON.stringify(value));
  own.registerHelper('urlencode', (value: unknown) => encodeURIComponent(String(value)));
  own.registerHelper('default', (value: unknown, fallback: unknown) => value ?? fallback);
  return own;
}

const NOT_KNOWN = {
  helperMissing: false,
  blockHelperMissing: false,
  each: false,
  if: false,
  unless: false,
  with: false,
  log: false,
  lookup: false,
};

/** How every template is compiled: missing values throw, only our helpers, no escaping, no `@data`. */
export const COMPILE_OPTIONS = {
  strict: true,
  knownHelpersOnly: true,
  knownHelpers: { ...NOT_KNOWN, json: true, urlencode: true, default: true },
  noEscape: true,
  data: false,
  explicitPartialContext: true,
};
