// GraphQL over HTTP by its specification: every MUST and every SHOULD of the graphql-http audit.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { serverAudits } from 'graphql-http';
import { startHub } from './hub.mjs';

let hub;
before(async () => (hub = await startHub()));
after(() => hub?.stop());

test('the graphql-http audit finds no error, no warning and nothing to remark', async (t) => {
  const counts = { ok: 0, notice: 0, warn: 0, error: 0 };
  const audits = serverAudits({ url: hub.url('/graphql') });
  for (const audit of audits) {
    await t.test(`${audit.id} ${audit.name}`, async () => {
      const result = await audit.fn();
      counts[result.status] += 1;
      assert.equal(result.status, 'ok', result.reason);
    });
  }
  t.diagnostic(`graphql-http: ${Object.entries(counts).map(([status, count]) => `${count} ${status}`).join(', ')}`);
  assert.ok(audits.length > 50, `only ${audits.length} audits: is this the whole list?`);
  assert.equal(counts.ok, audits.length);
});
