/**
 * Writes the command that sends the first alert, which the shipped runbook `practice` answers; the README has the same.
 *
 * @param publicUrl where Firebreak is
 * @param needsToken whether a stranger's alert would be refused
 */
export function sampleAlert(publicUrl: string, needsToken: boolean): string {
  const token = needsToken ? ` -H "authorization: Bearer $FIREBREAK_TOKEN"` : '';
  return [
    `curl -sS ${publicUrl}/api/v1/alert/trigger -H 'content-type: application/json'${token} --data '{`,
    '  "version": "4",',
    '  "alerts": [{',
    '    "status": "firing",',
    '    "labels": { "alertname": "FirebreakPractice", "lamp": "first", "severity": "info" },',
    '    "annotations": { "summary": "Somebody practises with the first lamp" },',
    `    "startsAt": "'$(date -u +%FT%TZ)'"`,
    '  }]',
    "}'",
  ].join('\n');
}
