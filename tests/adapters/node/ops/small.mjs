import {
  AppLink,
  MemoryReplayStore,
  SessionSealer,
  accessPassFromBase64,
  normalizeSecsignId,
  parseReply,
  safeReturnUrl,
} from '../countermark.mjs';
import { BadRequest, one, present } from '../fields.mjs';

function parse(fields) {
  const kind = one(fields.text('request'), { start: 'start', state: 'state', cancel: 'cancel', release: 'release' });
  const reply = parseReply(kind, fields.bytes('body_base64'));
  return present({
    secsignid: reply.secsignId,
    authsessionid: reply.authSessionId,
    requestid: reply.requestId,
    servicename: reply.serviceName,
    serviceaddress: reply.serviceAddress,
    state: reply.state,
    access_pass_base64: reply.accessPassBase64,
    unknown_fields: reply.unknownFields || undefined,
  });
}

function accessPass(fields) {
  const pass = accessPassFromBase64(fields.text('icon'));
  return { width: pass.width, height: pass.height, data_uri: pass.dataUri };
}

function deepLink(fields) {
  const app = new AppLink(fields.text('id_server'), fields.textOpt('scheme'));
  return { link: app.authenticate(fields.text('secsignid'), fields.text('authsessionid'), fields.text('return_url')) };
}

function replay(fields) {
  if (fields.text('store') !== 'memory') throw new BadRequest('store');
  const store = new MemoryReplayStore({ capacity: fields.countOpt('capacity') });
  const step = (event) => {
    const key = event.text('key');
    switch (event.text('op')) {
      case 'reserve': {
        const nowMs = event.int('now_ms');
        const untilMs = nowMs + event.int('ttl_s') * 1000;
        if (!Number.isSafeInteger(untilMs)) throw new BadRequest('ttl_s');
        return store.reserve(key, untilMs, nowMs) || 'REPLAYED';
      }
      case 'commit':
        return store.commit(key);
      case 'is_committed':
        return store.isCommitted(key);
      case 'release':
        return store.release(key);
      default:
        throw new BadRequest('op');
    }
  };
  const results = fields.objects('events').map((event) => {
    try {
      return step(event);
    } catch (error) {
      if (error.number === undefined) throw error;
      return error.code.slice('CM_'.length);
    }
  });
  return { results };
}

function openForeign(fields) {
  const sealer = new SessionSealer({
    keys: [{ id: fields.textOpt('key_id') ?? '1', secret: fields.bytes('key_base64') }],
    serviceName: fields.textOpt('service_name') ?? '',
    serviceAddress: fields.textOpt('service_address') ?? '',
  });
  const session = sealer.open(fields.text('token'), fields.text('binding'), fields.int('now_ms'));
  return {
    secsignid: session.secsignId,
    authsessionid: session.authSessionId,
    service_name: session.serviceName,
    service_address: session.serviceAddress,
    created_at_ms: session.createdAtMs,
  };
}

export default {
  'ident.normalize': (fields) => ({ secsignid: normalizeSecsignId(fields.text('secsignid')) }),
  'reply.parse': parse,
  'access_pass.check': accessPass,
  'deep_link.build': deepLink,
  'return_url.check': (fields) => ({ url: safeReturnUrl(fields.text('base'), fields.text('candidate'), fields.text('default')) }),
  'replay.run': replay,
  'seal.open_foreign': openForeign,
};
