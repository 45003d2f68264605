import { SignedQuerySigner, SignedQueryVerifier } from '../countermark.mjs';
import { BadRequest, isObject, one, present } from '../fields.mjs';

function profile(fields) {
  const name = fields.text('profile');
  const mode = fields.textOpt('mode') ?? 'legacy';
  if (name === 'countermark-v1') return name;
  if (name !== 'onelogin') throw new BadRequest(name);
  return one(mode, { legacy: 'legacy-onelogin', strict: 'legacy-onelogin-strict' });
}

const key = (fields) => ({
  id: fields.text('id'),
  secret: fields.text('secret'),
  notBeforeMs: fields.intOpt('not_before_ms'),
  notAfterMs: fields.intOpt('not_after_ms'),
  tenant: fields.textOpt('tenant'),
  emailDomains: fields.texts('email_domains'),
});

// An adapter is a test program, and the published vectors are made with the demo secret.
const allowDemoSecret = (fields) => fields.flagOpt('allow_demo_secret') ?? true;

function verify(fields) {
  const verifier = new SignedQueryVerifier({
    profile: profile(fields),
    keys: fields.objects('keys').map(key),
    audience: fields.textOpt('audience'),
    maxAgeS: fields.intOpt('max_age_s'),
    maxFutureS: fields.intOpt('max_future_s'),
    allowEmptyNames: fields.flagOpt('allow_empty_names'),
    allowDemoSecret: allowDemoSecret(fields),
  });
  const verified = verifier.verify(fields.text('query'), fields.int('now_ms'));
  const account = fields.objectOpt('account');
  let email;
  if (account) email = verified.checkProfile(account.text('firstname'), account.text('lastname'));
  const known = fields.textsOpt('known_emails');
  if (known) email = verified.checkKnownEmails(known);
  return present({
    fields: Object.fromEntries(verified.pairs),
    timestamp: Math.floor(verified.signedAtMs / 1000),
    key_id: verified.keyId,
    replay_key: verified.replayKey,
    tenant: verified.tenant,
    claimed_email: verified.claimedEmail,
    email,
    ambiguous_emails: fields.flagOpt('ambiguous_emails') ? verified.ambiguousEmails() : undefined,
  });
}

function sign(fields) {
  const signer = new SignedQuerySigner({
    profile: profile(fields),
    key: key(fields.object_('key')),
    audience: fields.textOpt('audience'),
    lifetimeS: fields.intOpt('lifetime_s'),
    allowDemoSecret: allowDemoSecret(fields),
  });
  const signed = fields.object_('fields').object;
  if (!isObject(signed) || Object.values(signed).some((value) => typeof value !== 'string')) throw new BadRequest('fields');
  return { query: signer.sign(signed, { nowMs: fields.int('now_ms'), entropy: fields.bytesOpt('entropy_base64') }) };
}

export default { 'query.verify': verify, 'query.sign': sign };
