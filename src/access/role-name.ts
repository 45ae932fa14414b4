import { shortName } from '../catalog/schema-fields.js';
import { nearMiss } from '../catalog/suggestion.js';
import { ROLES } from './roles.js';

/** A role of Firebreak or one of the organisation's own; what looks like a slip of the pen is neither. */
export const roleName = shortName.superRefine((name, ctx) => {
  const meant = nearMiss(name, ROLES);
  if (meant === undefined) return;
  ctx.addIssue(
    `"${name}" is no role: did you mean "${meant}"? A role of your own must differ in three letters or more from ${ROLES.join(', ')}`,
  );
});
