import {
  CountermarkError,
  MemoryReplayStore,
  SecureSignClient,
  readSecuresignCallback,
  securesignCode,
  securesignOrigin,
  securesignPinSessionIsOpen,
  securesignPinStatus,
  securesignRateLimitWaitMs,
} from '../countermark.mjs';
import { BadRequest, base64, one, present } from '../fields.mjs';

const environment = (fields) => one(fields.text('environment'), { live: 'live', test: 'test' });
const algorithm = (fields) => one(fields.text('hash_algo'), { SHA256: 'SHA256', SHA384: 'SHA384', SHA512: 'SHA512' });

function client(fields) {
  const server = fields.textOpt('server');
  return new SecureSignClient({
    baseUrl: server === undefined ? fields.textOpt('base_url') : `${server.replace(/\/+$/, '')}/v1`,
    environment: environment(fields),
    tenantId: fields.text('tenant_id'),
    callbackHosts: fields.texts('callback_hosts'),
    clockSkewS: fields.countOpt('clock_skew_s'),
    apiKey: fields.text('api_key'),
  });
}

const request = (fields) => ({
  requestId: fields.text('request_id'),
  hash: fields.bytes('hash_base64'),
  algorithm: algorithm(fields),
  callbackUrl: fields.text('callback_url'),
});

/** Feeds the scripted reply to a call, or gives what it sends if there is none. */
function exchange(fields, call) {
  const nowMs = fields.intOpt('now_ms') ?? 0;
  const { request } = call.poll(nowMs);
  const reply = fields.objectOpt('reply');
  if (!reply) {
    return { method: request.method, url: request.url, headers: request.headers, body: new TextDecoder().decode(request.body) };
  }
  const failure = reply.textOpt('failure');
  if (failure !== undefined) {
    call.onTransportError(one(failure, { timeout: 'timeout', unreachable: 'unreachable', tls: 'tls' }), 'maybe_sent', nowMs);
  } else {
    const body = reply.textOpt('body')?.repeat(reply.intOpt('times') ?? 1) ?? reply.bytes('body_base64');
    call.onResponse(reply.countOpt('status') ?? bad('status'), body, nowMs);
  }
  return undefined;
}

function bad(name) {
  throw new BadRequest(name);
}

const validated = ({ tenantId, rpm }) => present({ tenant_id: tenantId, rpm });
const opened = ({ sessionId, expiresAtMs, deepLink }) => ({ session_id: sessionId, expires_at_ms: expiresAtMs, deep_link: deepLink });

const PLATFORMS = ['web', 'mobile_browser', 'desktop_software', 'desktop_agent'];

async function validate(fields) {
  const platform = one(fields.text('platform'), Object.fromEntries(PLATFORMS.map((name) => [name, name])));
  if (fields.textOpt('server') !== undefined) return validated(await client(fields).validate(fields.text('origin'), platform));
  const call = client(fields).validateCall(fields.text('origin'), platform);
  return exchange(fields, call) ?? validated(call.validation());
}

async function session(fields) {
  if (fields.textOpt('server') !== undefined) return opened((await client(fields).session(request(fields))).session);
  const call = client(fields).sessionCall(request(fields));
  return exchange(fields, call) ?? opened(call.session());
}

function hint(fields) {
  const hint = readSecuresignCallback(fields.text('query'));
  return present({
    request_id: hint.requestId,
    claims_success: hint.claimsSuccess,
    code: hint.code,
    signature_base64: hint.signature && base64(hint.signature),
    signed_at_ms: hint.signedAtMs,
  });
}

function callback(fields) {
  const api = client(fields);
  const certificate = fields.bytes('certificate_base64');
  const nowMs = fields.int('now_ms');
  const pending = fields.objects('pending').map((kept) => ({
    requestId: kept.text('request_id'),
    hash: kept.bytes('hash_base64'),
    algorithm: algorithm(kept),
    expiresAtMs: kept.int('expires_at_ms'),
  }));
  const used = new MemoryReplayStore();
  const one = (query) => {
    const hint = readSecuresignCallback(query);
    const kept = pending.find(({ requestId }) => requestId === hint.requestId);
    if (!kept) throw new CountermarkError('CM_UNKNOWN_REQUEST');
    const result = api.complete(hint, kept, certificate, nowMs);
    if (!used.reserve(result.onceKey, nowMs + result.onceTtlS * 1000, nowMs)) throw new CountermarkError('CM_ALREADY_CONSUMED');
    return {
      request_id: result.requestId,
      certificate_serial: result.certificateSerial,
      once_key: result.onceKey,
      once_ttl_s: result.onceTtlS,
    };
  };
  const outcomes = fields.texts('queries').map((query) => {
    try {
      return { ok: one(query) };
    } catch (error) {
      return { error };
    }
  });
  const last = outcomes.at(-1) ?? bad('queries');
  if (last.error) throw last.error;
  return last.ok;
}

function pinStatus(fields) {
  const { status, permitsSigning } = securesignPinStatus(fields.text('status'));
  return { status, permits_signing: permitsSigning };
}

function rateLimit(fields) {
  const calls = fields.list('calls_ms');
  if (!calls.every(Number.isSafeInteger)) bad('calls_ms');
  return { wait_ms: securesignRateLimitWaitMs(calls, fields.countOpt('rpm') ?? bad('rpm'), fields.int('now_ms')) };
}

export default {
  'securesign.validate': validate,
  'securesign.session': session,
  'securesign.hint': hint,
  'securesign.callback': callback,
  'securesign.deep_link': (fields) => ({ deep_link: client(fields).deepLink(request(fields), { withApiKey: fields.flagOpt('with_api_key') }) }),
  'securesign.origin': (fields) => ({ origin: securesignOrigin(fields.text('origin'), environment(fields)) }),
  'securesign.code': (fields) => securesignCode(fields.text('code')),
  'securesign.pin_status': pinStatus,
  'securesign.pin_session': (fields) => ({
    open: securesignPinSessionIsOpen(fields.int('last_use_ms'), { idleMs: fields.countOpt('idle_ms'), nowMs: fields.int('now_ms') }),
  }),
  'securesign.rate_limit': rateLimit,
};
