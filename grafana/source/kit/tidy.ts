/** What the builders say without being asked, and what Grafana takes for granted anyhow or would misunderstand. */
const LEFT_OUT: Readonly<Record<string, unknown>> = {
  // would hide menus, links and annotations in a menu of Grafana 12.3 and later
  placement: 'inControlsMenu',
  allowCustomValue: true,
  auto: false,
  auto_count: 30,
  auto_min: '10s',
  builtIn: 0,
  fiscalYearStartMonth: 0,
  hide: false,
  includeAll: false,
  multi: false,
  repeatDirection: 'h',
  skipUrlSync: false,
  transparent: false,
};

/**
 * Leaves out of a board, or a part of one, what nobody has asked for, so that a difference in its file is one in its source.
 *
 * @param value as the builders made it
 */
export function tidy(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(tidy);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).filter(([name, one]) => one !== undefined && LEFT_OUT[name] !== one);
  const kept = 'asDropdown' in value && 'type' in value && value.type === 'link' ? entries.filter(isOfLink) : entries;
  return Object.fromEntries(kept.map(([name, one]) => [name, tidy(one)]));
}

/** The builders make links of fields like those of boards, which have more. */
function isOfLink([name]: [string, unknown]): boolean {
  return ['title', 'url', 'targetBlank'].includes(name);
}
