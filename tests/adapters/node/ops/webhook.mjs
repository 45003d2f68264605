import {
  WebhookExplainer,
  WebhookSigner,
  WebhookVerifier,
  answerWebhookHandshake,
  listErrors,
  webhookErrorStatus,
  webhookHandshakeSecret,
  webhookHandshakeOrder,
  webhookSuccess,
} from '../countermark.mjs';
import { BadRequest, base64, latin1, present } from '../fields.mjs';

const key = (fields) => ({
  id: fields.text('id'),
  secret: fields.text('secret'),
  encoding: fields.textOpt('encoding'),
  notBeforeMs: fields.intOpt('not_before_ms'),
  notAfterMs: fields.intOpt('not_after_ms'),
});

const config = (fields) => ({
  scheme: fields.text('scheme'),
  keys: fields.objects('keys').map(key),
  maxAgeS: fields.countOpt('max_age_s'),
  maxFutureS: fields.countOpt('max_future_s'),
  checkTime: fields.flagOpt('check_time'),
  maxBodyBytes: fields.countOpt('max_body_bytes'),
});

/** On the wire a header is bytes, and Node's servers give each of them as one character. */
const wire = (text) => latin1(new TextEncoder().encode(text));

const request = (fields) => ({
  method: fields.textOpt('method'),
  url: fields.textOpt('url'),
  query: fields.textOpt('query'),
  headers: fields.list('headers').map((pair) => {
    if (!Array.isArray(pair) || pair.length !== 2 || pair.some((text) => typeof text !== 'string')) throw new BadRequest('headers');
    return pair.map(wire);
  }),
});

async function verify(fields) {
  const verified = await new WebhookVerifier(config(fields)).verify(request(fields), fields.bytes('body_base64'), fields.int('now_ms'));
  return present({
    key_id: verified.keyId,
    message_id: verified.messageId,
    timestamp_ms: verified.timestampMs,
    covers: verified.covers,
    replay_key: verified.replayKey,
  });
}

function explain(fields) {
  const found = new WebhookExplainer(config(fields)).explain(request(fields), fields.bytes('body_base64'), fields.int('now_ms'));
  return present({
    verified: found.error === undefined,
    error: found.error?.slice('CM_'.length),
    causes: found.causes.map((cause) => cause.kind),
    details: found.causes.map((cause) =>
      present({
        certainty: cause.certainty,
        subject: cause.subject || undefined,
        fits: cause.fits || undefined,
        amount: cause.unit ? cause.amount : undefined,
      }),
    ),
    complete: found.complete,
    body_len: found.bodyLength,
    body_sha256: found.bodySha256,
  });
}

function sign(fields) {
  const single = fields.objectOpt('key');
  const signer = new WebhookSigner({ scheme: fields.text('scheme'), keys: (single ? [single] : fields.objects('keys')).map(key) });
  const signed = signer.sign(request(fields), fields.bytes('body_base64'), { messageId: fields.textOpt('message_id'), nowMs: fields.int('now_ms') });
  return present({
    headers: signed.headers,
    url: signed.url,
    query: signed.query,
    body_base64: signed.body && base64(signed.body),
  });
}

const show = (answer) => ({ status: answer.status, content_type: answer.contentType, body_base64: base64(answer.body) });

function handshake(fields) {
  const scheme = fields.text('scheme');
  const body = fields.bytesOpt('body_base64') ?? new Uint8Array();
  const answer = answerWebhookHandshake(scheme, request(fields), body, fields.textOpt('secret'));
  return {
    order: webhookHandshakeOrder(scheme) ?? null,
    answer: answer ? show(answer) : null,
    hands_over_secret: webhookHandshakeSecret(scheme, body) !== null,
  };
}

function status(fields) {
  const scheme = fields.text('scheme');
  const name = fields.textOpt('error');
  if (name === undefined) return show(webhookSuccess(scheme));
  const row = listErrors().find((row) => row.name === name);
  if (!row) throw new BadRequest('error');
  return { status: webhookErrorStatus(scheme, row) };
}

export default {
  'webhook.verify': verify,
  'webhook.explain': explain,
  'webhook.sign': sign,
  'webhook.site_origin': (fields) => ({ origin: new WebhookVerifier(config(fields)).siteOrigin(fields.textOpt('origin')) }),
  'webhook.handshake': handshake,
  'webhook.status': status,
};
