import type { Suppression } from './claim.js';

/** What to do about each reason for doing nothing; docs/operations.md says the same, and a test compares them. */
export const ADVICE = {
  'no-runbook':
    'Nothing, if none should. Otherwise compare the labels with match; an alert that resolves under another label is another alert.',
  'too-old':
    'Look at it yourself: what was right an hour ago may be wrong now. Start the runbook by hand if it is still needed.',
  'outside-window':
    'Wait until the window opens: the next repeat of the alert is answered then. The window holds for people, too; what cannot wait needs a change of the runbook, or another one.',
  'template-missing':
    'The detail names it. Add the label to the rule, or the parameter, setting or centre that the template reads.',
  'no-target': 'Add the label, or mend its value. It is refused on purpose: an empty part must never mean "all".',
  stale: 'Nothing. If it really fires again, its next startsAt opens a new episode.',
  duplicate: 'Follow the execution that the detail names.',
  paused:
    'Read the reason. firebreak pause lift <id> --reason "..." when it no longer holds; what waits goes on within a second, what was suppressed is answered at its next repeat.',
  storm:
    'Look for what they have in common; firebreak storms lists them. What is proposed for the whole group waits for approval; it ends by itself when no further target is hit for guards.storm.calm.',
  loop: 'Find out what does it, perhaps the repair itself. Nothing is begun on the target until a person lifts the pause that the detail names: firebreak pause lift <id> --reason "...".',
  'target-busy': 'Wait for it, or settle it if it is held: a held execution keeps its target.',
  cooldown:
    'If it comes again and again, the runbook treats a symptom: look for the cause before you shorten the cooldown.',
  rate: 'Look at what all of them have in common. Raise guards.rate only when each was right.',
  'blast-radius': 'Do not hurry it: the guard keeps a wrong answer from spreading. Settle what is open first.',
  'change-budget':
    'Look at what they did: a service that needs so many repairs needs a person. The budget stands in governor.changeBudget of firebreak.yaml.',
  conflict: 'Wait for the execution that the detail names, or settle it if it is held.',
  capacity:
    'The detail names what is missing. Bring a centre back into service first, or wait until the one that was moved may be moved back. If one that is counted as out serves again, say so: firebreak centers set <id> --serving true --reason "...".',
} as const satisfies { readonly [because in Suppression]: string };

/** Every reason, in the order of the documentation. */
export const REASONS = Object.keys(ADVICE).filter((name): name is Suppression => Object.hasOwn(ADVICE, name));
