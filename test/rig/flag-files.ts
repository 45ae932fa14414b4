/** Flags as flagd reads them, in YAML: with comments, quotes of all kinds, an alias and rules. */
export const FLAGS_YAML = `# The shop's flags.
"$schema": https://flagd.dev/schema/v0/flags.json
flags:
  recommendations: # costs the most
    state: ENABLED
    variants: { on: true, off: false }
    defaultVariant: on   # not "true"
  banner:
    variants: &words
      none: ''
      spring: 'Spring''s here'
    state: 'ENABLED'
    defaultVariant: "spring"
    targeting:
      if: [{ "==": [{ var: country }, DE] }, none]
  footer: { state: DISABLED, variants: *words, defaultVariant: none }
`;

/** The same in JSON, with an indentation, an order and spellings of its own. */
export const FLAGS_JSON = `{
    "$schema": "https://flagd.dev/schema/v0/flags.json",
    "flags": {
        "banner": {"state": "ENABLED", "variants": {"none": "", "spring": "Spring's \\u0068ere"}, "defaultVariant": "spring",
            "targeting": {"if": [{"==": [{"var": "country"}, "DE"]}, "none"]}},
        "recommendations": {
            "variants": { "all": 10, "few": 3.0, "none": 0 },
            "defaultVariant": "all",  "state" : "ENABLED"
        }
    },
    "$evaluators": {}
}
`;
