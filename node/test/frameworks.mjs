// What the tests of several frameworks' helpers need.
import { signWebhook } from 'countermark/testing';

export const SECRET = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';

export const options = (more) => ({
  scheme: 'standard-webhooks',
  keys: [{ id: '1', secret: SECRET }],
  maxBodyBytes: 1000,
  ...more,
});

let messages = 0;
export const message = (body = '{"type":"paid"}') => signWebhook({ scheme: 'standard-webhooks', secret: SECRET, body, messageId: `msg_${++messages}`, headers: [['content-type', 'application/json']] });

/** A store that has every key free, and what it was told of the work. */
export function recording() {
  const calls = [];
  const store = { reserve: () => true, commit: () => void calls.push('commit'), release: () => void calls.push('release') };
  return { calls, store };
}
