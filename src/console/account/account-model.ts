import type { Caller } from '../../access/caller.js';
import { may } from '../../access/may.js';

/** What the page of one's own account shows. */
export interface AccountModel {
  readonly name: string;
  readonly account: string;
  readonly groups: readonly string[];
  /** Whether this is a login that can be ended here. */
  readonly login: boolean;
  readonly grants: readonly { readonly role: string; readonly where: string }[];
  /** Whether nothing can even be looked at. */
  readonly lost: boolean;
  /** What would have to stand in firebreak.yaml. */
  readonly example: string;
}

/** Gathers what somebody is known by, and what they may do. */
export function accountModel({ person, groups = [], csrf }: Caller): AccountModel {
  return {
    name: person.name,
    account: person.account,
    groups,
    login: csrf !== undefined,
    grants: person.grants.map(({ role, runbooks, targets }) => ({ role, where: whereOf(runbooks, targets) })),
    lost: !may(person, 'read'),
    example: exampleFor(person.name, person.account, groups),
  };
}

function whereOf(runbooks: readonly string[], targets: readonly string[]): string {
  const parts = [
    runbooks.includes('*') ? '' : `runbooks ${runbooks.join(', ')}`,
    targets.includes('*') ? '' : `targets ${targets.join(', ')}`,
  ].filter((part) => part !== '');
  return parts.length === 0 ? 'everywhere' : parts.join('; ');
}

/** A group is what one is usually let in by; without any, the account itself must be linked to a name. */
function exampleFor(name: string, account: string, groups: readonly string[]): string {
  const [group] = groups;
  const lines =
    group === undefined
      ? [
          '  people:',
          `    - name: ${JSON.stringify(nameFor(name))}`,
          `      accounts: [${JSON.stringify(account)}]`,
          '      roles: [viewer]',
        ]
      : ['  grants:', `    - groups: [${JSON.stringify(group)}]`, '      roles: [viewer]'];
  return ['access:', ...lines].join('\n');
}

function nameFor(name: string): string {
  return name.includes('@') ? name : 'a-name';
}
