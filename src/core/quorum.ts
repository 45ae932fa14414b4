/** One person's agreement, with the roles that the person holds. */
export interface Vote {
  readonly person: string;
  readonly roles: readonly string[];
}

/** How many persons must agree, and which roles must be among them; a role that is named twice needs two persons. */
export interface ApprovalNeed {
  readonly required: number;
  readonly roles: readonly string[];
}

/** Whether the votes are enough, and if not, what is still missing in words for a person. */
export type Quorum = { readonly enough: true } | { readonly enough: false; readonly missing: string };

/**
 * Tells whether enough people agree: as many different persons as required, at least one for each named role, and nobody
 * for two roles at once. Where roles are named, only holders of one of them count; where none is named, everybody does.
 */
export function quorum(need: ApprovalNeed, votes: readonly Vote[]): Quorum {
  const wanted = Math.max(need.required, need.roles.length);
  const voters = countedVoters(need.roles, votes);
  const open = openRoles(need.roles, voters);
  // each open role needs a person more, however many have voted; so this is never nearer to the goal than it is in truth
  const given = Math.min(voters.size, wanted - open.length);
  if (given >= wanted) return { enough: true };
  const stillNeeded = open.length === 0 ? '' : `; still needed: ${open.join(', ')}`;
  return { enough: false, missing: `${given} of ${wanted} approvals${stillNeeded}` };
}

type Voters = ReadonlyMap<string, ReadonlySet<string>>;

/** Every person once, with the roles of all votes of that person. */
function countedVoters(roles: readonly string[], votes: readonly Vote[]): Voters {
  const voters = new Map<string, Set<string>>();
  for (const vote of votes) {
    if (roles.length > 0 && !vote.roles.some((role) => roles.includes(role))) continue;
    voters.set(vote.person, new Set([...(voters.get(vote.person) ?? []), ...vote.roles]));
  }
  return voters;
}

/** The roles that nobody is left for when as many as possible are given to a person each (augmenting paths). */
function openRoles(roles: readonly string[], voters: Voters): string[] {
  const roleOf = new Map<string, string>();

  /** Gives a role to somebody; whoever has one already may hand it on to somebody who was not asked yet. */
  function fill(role: string, asked: Set<string>): boolean {
    for (const [person, held] of voters) {
      if (!held.has(role) || asked.has(person)) continue;
      asked.add(person);
      const other = roleOf.get(person);
      if (other !== undefined && !fill(other, asked)) continue;
      roleOf.set(person, role);
      return true;
    }
    return false;
  }

  return roles.filter((role) => !fill(role, new Set()));
}
