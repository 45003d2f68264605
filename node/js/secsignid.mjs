// The vendor's Node API with its names, for sites that move here. New code takes `LoginClient`.
//
// What it hands out as `requestid` is a sealed token: sessions of other services, and edited ones, do not open. What it reports
// as `secsignid` of an approved session is the server's own statement.
import { CountermarkError, translate } from './errors.mjs';
import native from './native.cjs';
import { LoginClient, SessionSealer, normalizeSecsignId } from './login.mjs';
import { MemoryReplayStore } from './replay.mjs';

const states = new Map(native.listStates().map(({ name, number }) => [name, String(number)]));

/** The state that an outcome stands for. */
const stateOf = (outcome) => states.get(outcome === 'approved' ? 'authenticated' : outcome);

/** What a token is bound to where the site has no word of a visitor. */
const ANYBODY = 'countermark/secsignid';

/** A cookie that is missing is not that: the token of a visitor without one would be everybody's. */
const bindingOf = (request) => ('binding' in request ? request.binding : ANYBODY);

/** How many services are kept with their clients: a site has few, but it may have taken the address from a `Host` header. */
const SERVICES_MAX = 16;

export class SecSignIDApi {
  #options;
  #keys;
  #services = new Map();
  #logging;

  /**
   * @param options `host`, `port` or `server`; `pluginname`; `servicename`, `serviceaddress`; `sealKeys`, which several web servers
   *   share (default: a random key of this object); and those of `LoginClient`
   */
  constructor({ host, port, server, sealKeys, logging = false, ...options } = {}) {
    const origin = host && `https://${host}${port ? `:${port}` : ''}`;
    this.#options = { store: new MemoryReplayStore(), ...options, server: server ?? origin };
    this.#keys = sealKeys ?? [{ id: 'process', secret: crypto.getRandomValues(new Uint8Array(32)) }];
    this.#logging = logging;
  }

  log(...texts) {
    if (this.#logging) console.log(...texts);
  }

  /**
   * @param request `secsignid`, `servicename`, `serviceaddress`; and `binding`: what only this visitor's browser has, such as a cookie. If it is
   *   there it must have a value
   */
  requestAuthSession(request, callback) {
    return settle(callback, async () => {
      const { secsignid, binding: _, ...names } = request ?? {};
      const binding = bindingOf(Object(request ?? {}));
      const service = this.#service(names);
      // What nothing can be sealed for is refused before a phone rings.
      opened(service.sealer, '', binding);
      const { client, sealer, servicename, serviceaddress } = this.#keep(service);
      const { session, accessPass } = await client().begin(secsignid);
      return {
        secsignid: session.secsignId,
        requestid: sealer.seal(session, binding),
        authsessionid: session.authSessionId,
        authsessionstate: stateOf('pending'),
        servicename,
        serviceaddress,
        ...(accessPass && { authsessionicondata: accessPass.dataUri.slice(accessPass.dataUri.indexOf(',') + 1) }),
      };
    });
  }

  getAuthSessionState(authSession, callback) {
    return settle(callback, async () => {
      const { client, session } = this.#open(authSession);
      const outcome = await client().check(session);
      return {
        authsessionid: session.authSessionId,
        secsignid: outcome.secsignId ?? session.secsignId,
        authsessionstate: stateOf(outcome.kind),
      };
    });
  }

  cancelAuthSession(authSession, callback) {
    return settle(callback, async () => {
      const { client, session } = this.#open(authSession);
      await client().cancel(session);
      return { authsessionid: session.authSessionId, authsessionstate: stateOf('canceled') };
    });
  }

  releaseAuthSession(authSession, callback) {
    return settle(callback, async () => {
      const { client, session } = this.#open(authSession);
      await client().release(session);
      return { authsessionid: session.authSessionId };
    });
  }

  /** The service of a name and address. Its client is made when it is first needed. */
  #service({ servicename = this.#options.servicename, serviceaddress = this.#options.serviceaddress }) {
    const id = JSON.stringify([servicename, serviceaddress]);
    const known = this.#services.get(id);
    if (known) return known;
    const names = { serviceName: servicename, serviceAddress: serviceaddress };
    const { pluginname, servicename: _, serviceaddress: __, ...options } = this.#options;
    let client;
    return {
      id,
      servicename,
      serviceaddress,
      client: () => (client ??= new LoginClient({ ...options, ...names, pluginName: pluginname })),
      sealer: new SessionSealer({ keys: this.#keys, ...names }),
    };
  }

  /** Nothing is kept that only a page has named, and what was used last is kept longest. */
  #keep(service) {
    this.#services.delete(service.id);
    this.#services.set(service.id, service);
    if (this.#services.size > SERVICES_MAX) this.#services.delete(this.#services.keys().next().value);
    return service;
  }

  /** The session behind what a page posted. A seal fits its own service only, so all of this site's may try. */
  #open(posted) {
    const { servicename: ownName, serviceaddress: ownAddress } = this.#options;
    const { requestid, secsignid, authsessionid, servicename = ownName, serviceaddress = ownAddress } = posted ?? {};
    const binding = bindingOf(Object(posted ?? {}));
    // A field that is missing or comes twice, and a visitor without his cookie, are no fault of the site.
    const isWhole = isText(requestid) && Boolean(binding);
    const services = new Set(isWhole ? this.#services.values() : []);
    if (isWhole && isText(servicename) && isText(serviceaddress)) services.add(this.#service({ servicename, serviceaddress }));
    for (const service of services) {
      const session = opened(service.sealer, requestid, binding);
      if (!session) continue;
      const edited =
        (authsessionid !== undefined && authsessionid !== session.authSessionId) ||
        (secsignid !== undefined && !(isText(secsignid) && normalizeSecsignId(secsignid) === session.secsignId));
      if (edited) break;
      return { client: this.#keep(service).client, session };
    }
    throw new CountermarkError('CM_UNKNOWN_HANDLE');
  }
}

const isText = (value) => typeof value === 'string';

/** The session of a token; `undefined` if the token is none of this sealer and visitor. */
function opened(sealer, token, binding) {
  try {
    return sealer.open(token, binding);
  } catch (error) {
    if (error.code === 'CM_UNKNOWN_HANDLE') return undefined;
    throw error;
  }
}

/** With a callback it never rejects: the vendor's API hands errors over as an object. */
async function settle(callback, work) {
  if (typeof callback !== 'function') return work();
  let result;
  try {
    result = await work();
  } catch (thrown) {
    const error = translate(thrown);
    if (!(error instanceof CountermarkError)) throw error;
    result = { error: error.number, errorcode: error.server?.code ?? error.number, errormsg: error.publicMessage, code: error.code };
  }
  callback(result);
  return result;
}

const FIELDS = ['secsignid', 'requestid', 'authsessionid', 'authsessionstate', 'servicename', 'serviceaddress', 'authsessionicondata'];

export class AuthSession {
  /** @param fields what `requestAuthSession` gave, or a page posted; nothing else of it is kept */
  constructor(fields) {
    for (const name of FIELDS) {
      if (fields && Object.hasOwn(fields, name) && isText(fields[name])) this[name] = fields[name];
    }
    // Whatever it is: without it, the visitor is anybody.
    if (fields && Object.hasOwn(fields, 'binding')) this.binding = fields.binding;
  }

  getSecSignId() {
    return this.secsignid;
  }

  getRequestId() {
    return this.requestid;
  }

  getAuthSessionId() {
    return this.authsessionid;
  }

  getAuthSessionState() {
    return this.authsessionstate;
  }

  getRequestingServiceName() {
    return this.servicename;
  }

  getRequestingServiceAddress() {
    return this.serviceaddress;
  }

  getIconData() {
    return this.authsessionicondata;
  }
}

/** `NOSTATE` 0, `PENDING` 1, `EXPIRED` 2, `AUTHENTICATED` 3, `DENIED` 4, `SUSPENDED` 5, `CANCELED` 6, `FETCHED` 7, `INVALID` 8. */
for (const { name, number } of native.listStates()) {
  Object.defineProperty(AuthSession, name.replace('_', '').toUpperCase(), { value: number, enumerable: true });
}

SecSignIDApi.AuthSession = AuthSession;
