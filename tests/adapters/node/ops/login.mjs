import { CountermarkError, Login, LoginService, normalizeSecsignId } from '../countermark.mjs';
import { BadRequest, one, present } from '../fields.mjs';

/** The service of a request. The requests that carry no name and address may leave them out. */
export function config(fields) {
  const either = (name, wireName) => fields.textOpt(name) ?? fields.textOpt(wireName);
  const spare = fields.textOpt('request') === 'start' ? '' : 'x';
  return {
    server: fields.textOpt('server'),
    fallback: fields.textOpt('fallback'),
    serviceName: either('service_name', 'servicename') ?? spare,
    serviceAddress: either('service_address', 'serviceaddress') ?? spare,
    pluginName: either('plugin_name', 'pluginname'),
    showAccessPass: fields.flagOpt('show_access_pass') ?? fields.flagOpt('showaccesspass'),
    allowPriorityCode: fields.flagOpt('allow_priority_code'),
    apiMethod: either('api_method', 'apimethod'),
    connectTimeoutMs: fields.countOpt('connect_timeout_ms'),
    totalTimeoutMs: fields.countOpt('total_timeout_ms'),
  };
}

const service = (fields) => new LoginService(config(fields));

/** A session exists only through a begin, so one is begun and answered here. */
function session(service, fields) {
  const createdMs = fields.intOpt('created_ms') ?? 0;
  const secsignId = fields.text('secsignid');
  const login = Login.begin(service, secsignId, createdMs);
  login.onStore(undefined, createdMs);
  if (fields.flagOpt('on_fallback')) login.onTransportError('unreachable', 'not_sent', createdMs);
  const reply = [
    ['authsessionid', fields.text('authsessionid')],
    ['requestid', fields.text('requestid')],
    ['authsessionstate', '1'],
    ['secsignid', normalizeSecsignId(secsignId)],
  ];
  login.onResponse(200, reply.map((pair) => pair.join('=')).join('&'), createdMs);
  return login.challenge().session;
}

const utf8 = new TextDecoder('utf-8', { fatal: true });

function request(fields) {
  const of = service(fields);
  const task = one(fields.text('request'), { start: 'begin', state: 'check', cancel: 'cancel', release: 'release' });
  const login = Login[task](of, task === 'begin' ? fields.text('secsignid') : session(of, fields), 0);
  if (login.poll(0).type === 'reserve') login.onStore(undefined, 0);
  const { request } = login.poll(0);
  return {
    method: request.method,
    path: `/${request.url.split('/').slice(3).join('/')}`,
    content_type: request.headers.find(([name]) => name === 'Content-Type')?.[1],
    body: utf8.decode(request.body),
  };
}

function machine(fields) {
  const of = service(fields);
  const task = fields.text('task');
  const startMs = fields.int('now_ms');
  const opened = fields.objectOpt('session');
  let login;
  if (task === 'begin' && !opened) {
    login = Login.begin(of, fields.text('secsignid'), startMs);
  } else if (['check', 'wait', 'cancel', 'release'].includes(task) && opened) {
    const owner = opened.textOpt('service_name') === undefined ? of : service(opened);
    login = Login[task](of, session(owner, opened), startMs, fields.intOpt('deadline_ms'));
  } else {
    throw new BadRequest('task');
  }
  const { requests, store, endedMs } = drive(login, fields, startMs);
  if (!fields.flagOpt('transcript')) return result(login);
  let ok;
  try {
    ok = result(login);
  } catch (error) {
    if (error.number === undefined) throw error;
    ok = { error: error.code.slice('CM_'.length) };
  }
  return { ...ok, requests, store, retries: login.retries, ended_ms: endedMs };
}

function result(login) {
  const outcome = login.outcome();
  let challenge;
  try {
    challenge = login.challenge();
  } catch (error) {
    if (error.code !== 'CM_WRONG_STATE') throw error;
  }
  return present({
    outcome: outcome.kind,
    authenticated_id: outcome.secsignId,
    secsignid: challenge?.session.secsignId,
    authsessionid: challenge?.session.authSessionId,
    access_pass: challenge && Boolean(challenge.accessPass),
  });
}

/** Runs a task to its end over scripted answers and a virtual clock. */
function drive(login, fields, startMs) {
  const events = fields.objects('events');
  const repeat = fields.flagOpt('repeat') === true;
  let abortMs = fields.intOpt('abort_ms');
  const refusals = fields.list('store');
  const requests = [];
  const store = [];
  let nowMs = startMs;
  let next = 0;
  for (;;) {
    const step = login.poll(nowMs);
    if (step.type === 'done') return { requests, store, endedMs: nowMs };
    if (step.type === 'reserve' || step.type === 'release') {
      const name = refusals[store.length] ?? undefined;
      const { type, key, untilMs } = step;
      store.push(present({ at_ms: nowMs, [type]: key, until_ms: untilMs }));
      login.onStore(name && new CountermarkError(`CM_${name}`).number, nowMs);
      continue;
    }
    let dueMs = step.untilMs;
    let event;
    if (step.type === 'send') {
      requests.push({ at_ms: nowMs, url: step.request.url, body: utf8.decode(step.request.body) });
      event = events[next++] ?? (repeat ? events.at(-1) : undefined);
      if (!event) throw new BadRequest('events');
      dueMs = nowMs + (event.intOpt('after_ms') ?? 0);
    }
    if (abortMs !== undefined && abortMs <= dueMs) {
      nowMs = abortMs;
      abortMs = undefined;
      login.abort(nowMs);
      continue;
    }
    nowMs = dueMs;
    if (event) feed(login, event, nowMs);
  }
}

function feed(login, event, nowMs) {
  const failure = event.textOpt('failure');
  if (failure !== undefined) login.onTransportError(failure, event.text('phase'), nowMs);
  else login.onResponse(event.countOpt('status') ?? 200, event.textOpt('body') ?? event.bytes('body_base64'), nowMs);
}

export default { 'login.request': request, 'login.machine': machine };
