import { expect, it } from 'vitest';
import { Views } from '../views.js';

it('a runbook that rests says what it waits for, and shows both of its parts', () => {
  const model = { name: 'cordon-node', needs: ['kubernetes'], guide: '<p>Look first.</p>', text: 'kind: <Runbook>' };
  const html = new Views().render('runbook-resting', { ...model, can: {}, csrf: '' });
  expect(html).toContain('<code>plugins.kubernetes</code> is not configured');
  expect(html).toContain('<p>Look first.</p>');
  expect(html).toContain('kind: &lt;Runbook&gt;');
  expect(new Views().render('runbook-resting', { ...model, guide: null, can: {}, csrf: '' })).toContain(
    'Put a file <code>cordon-node.md.hbs</code> beside <code>cordon-node.yaml</code>',
  );
});
