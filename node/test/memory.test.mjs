// 100,000 verifications of every kind leave nothing behind.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';

const PROGRAM = `
  import { SignedQueryVerifier, WebhookVerifier } from 'countermark';
  import { signQuery, signWebhook } from 'countermark/testing';
  const secret = 'a secret of at least twenty characters';
  const keys = [{ id: '1', secret }];
  const queries = new SignedQueryVerifier({ profile: 'legacy-onelogin', keys });
  const webhooks = new WebhookVerifier({ scheme: 'github', keys });
  const query = signQuery({ profile: 'legacy-onelogin', secret, fields: { firstname: 'J', lastname: 'D', email: 'j@example.com' } });
  const { headers, body } = signWebhook({ scheme: 'github', secret, body: '{}' });
  const round = () => {
    for (let i = 0; i < 10_000; i++) {
      queries.verify(query).claimedEmail;
      webhooks.verify({ headers }, body).replayKey;
      queries.tryVerify(query + '0').error;
      webhooks.tryVerify({ headers }, 'altered').code;
    }
    gc();
    return process.memoryUsage.rss();
  };
  for (let i = 0; i < 3; i++) round();
  const before = round();
  for (let i = 0; i < 10; i++) round();
  console.log(round() - before);
`;

test('memory is flat', () => {
  const { stdout, stderr } = spawnSync(process.execPath, ['--expose-gc', '--input-type=module', '-e', PROGRAM], { cwd: import.meta.dirname, encoding: 'utf8' });
  assert.equal(stderr, '');
  assert.ok(Number(stdout) < 4 * 1024 * 1024, `${stdout.trim()} bytes more after 100,000 of each`);
});
