/** What makes Node read the folder's files as modules. */
export const PACKAGE_FILE = `{
  "name": "__ID__",
  "version": "0.1.0",
  "private": true,
  "type": "module",
  "exports": "./index.ts"
}
`;

/** A runbook that uses the new action. */
export const RUNBOOK_FILE = `apiVersion: firebreak/v1
kind: Runbook
metadata: { name: __ID__-note, title: Write a note about a service in trouble, owner: team-example }
spec:
  match: ['alertname="__NAME__Needed"']
  target: 'note/{{labels.service}}'
  mode: approve
  steps:
    - name: note
      uses: __ID__/note
      with: { name: '{{labels.service}}', text: 'Degraded' }
`;

/** An alert that the runbook answers. */
export const ALERT_FILE = `{
  "version": "4",
  "alerts": [
    {
      "status": "firing",
      "labels": { "alertname": "__NAME__Needed", "service": "shop" },
      "annotations": { "summary": "shop is slow" },
      "startsAt": "__NOW__"
    }
  ]
}
`;

/** What to do with it all. */
export const README_FILE = `# __ID__

A plugin for Firebreak with one action, \`__ID__/note\`, which keeps a note in a file. Change \`index.ts\` into what you need;
\`contract.test.ts\` says whether it is still safe to be run by a machine:

\`\`\`sh
npx firebreak test __ID__
\`\`\`

Tell Firebreak about it in \`firebreak.yaml\`. It runs in a process of its own, which may read and write only what is listed:

\`\`\`yaml
plugins:
  __ID__: { folder: /tmp/__ID__ }
permissions:
  __ID__: { read: [/tmp/__ID__], write: [/tmp/__ID__] }
\`\`\`

Then make the folder, take the runbook over, and try it; nothing is changed by that:

\`\`\`sh
mkdir -p /tmp/__ID__ && cp __ID__/runbook.yaml runbooks/__ID__-note.yaml
export FIREBREAK_PLUGINS=./__ID__
npx firebreak try __ID__-note --alert __ID__/alert.json
\`\`\`
`;
