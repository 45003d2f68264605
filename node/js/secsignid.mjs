// The vendor's Node API with its names, for sites that move here. New code takes `LoginClient`.
//
// What it hands out as `requestid` is a sealed token: sessions of other services, and edited ones, do not open. What it reports
// as `secsignid` of an approved session is the server's own statement.
import { CountermarkError, translate } from './errors.mjs';
import native from './native.cjs';
import { isText, siteOf, warnOnce } from './secsignid-site.mjs';

const states = new Map(native.listStates().map(({ name, number }) => [name, String(number)]));

/** The state that an outcome stands for. One that the vendor has no state for, such as `released`, is over. */
const stateOf = (outcome) => states.get(outcome === 'approved' ? 'authenticated' : outcome) ?? states.get('invalid');

/** No private field, which is not found through a `Proxy`, nor from `Object.create(api)`. */
const OWN = Symbol('countermark/secsignid');

/**
 * Not a class: old code calls it on objects of its own, by `util.inherits` and `SecSignIDApi.call(this, options)`.
 *
 * @param options `idserver` or `host`, with `port`, or `server`; `pluginname`; `servicename`, `serviceaddress`; `sealKeys`, which several
 *   web servers share (default: a random key of this process); `logging`; and those of `LoginClient`
 */
export function SecSignIDApi(options) {
  if (!(this instanceof SecSignIDApi)) return new SecSignIDApi(options);
  Object.defineProperty(this, OWN, { value: { site: siteOf(options ?? {}), logging: options?.logging } });
}

class Methods {
  log(...texts) {
    if (this[OWN]?.logging) console.log(...texts);
  }

  /**
   * @param request `secsignid`, `servicename`, `serviceaddress`; and `binding`: what only this visitor's browser has, such as a cookie. If it is
   *   there it must have a value
   */
  requestAuthSession(request, callback) {
    return settle(this, 'requestAuthSession', callback, async () => {
      const { client, sealer, servicename, serviceaddress, binding, keep } = this[OWN].site.forRequest(request);
      // A field that is missing or comes twice is no fault of the site.
      const { session, accessPass } = await client().begin(isText(request?.secsignid) ? request.secsignid : '');
      keep();
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

  /** An approval is told once: a token that is seen later, by whomever, is worth nothing. */
  getAuthSessionState(authSession, callback) {
    return settle(this, 'getAuthSessionState', callback, async () => {
      const { client, session } = this[OWN].site.open(authSession);
      const outcome = await client().check(session);
      return {
        authsessionid: session.authSessionId,
        secsignid: outcome.secsignId ?? session.secsignId,
        authsessionstate: stateOf(outcome.kind),
      };
    });
  }

  cancelAuthSession(authSession, callback) {
    return settle(this, 'cancelAuthSession', callback, async () => {
      const { client, session } = this[OWN].site.open(authSession);
      await client().cancel(session);
      return { authsessionid: session.authSessionId, authsessionstate: stateOf('canceled') };
    });
  }

  releaseAuthSession(authSession, callback) {
    return settle(this, 'releaseAuthSession', callback, async () => {
      const { client, session } = this[OWN].site.open(authSession);
      await client().release(session);
      return { authsessionid: session.authSessionId };
    });
  }
}

SecSignIDApi.prototype = Methods.prototype;
SecSignIDApi.prototype.constructor = SecSignIDApi;

/**
 * With a callback it never rejects: the vendor's API hands errors over as an object. Without one, whoever awaits the promise hears of the error;
 * if nobody does, as in the vendor's samples, that must not end the process.
 */
function settle(api, name, callback, work) {
  const result = work();
  result.catch(async (thrown) => {
    try {
      await report(api, name, Object(translate(thrown)));
    } catch {
      // A log of the site's own that fails changes nothing.
    }
  });
  return typeof callback === 'function' ? called(callback, result) : result;
}

async function called(callback, promised) {
  let result;
  try {
    result = await promised;
  } catch (thrown) {
    const error = translate(thrown);
    if (!(error instanceof CountermarkError)) throw error;
    result = { error: error.number, errorcode: error.server?.code ?? error.number, errormsg: error.publicMessage, code: error.code };
  }
  callback(result);
  return result;
}

/** What a callback is told is for the visitor. The reason is for the site: in its log, and if it is a fault of the site, once in any case. */
function report(api, name, { code, class: kind, httpStatus, message, hint, detail }) {
  const text = `countermark/secsignid: ${name}: ${code ?? 'no error of the library'}: ${message}${hint ? ` (${hint})` : ''}`;
  // What has no code is a fault of the site too, such as one of its own store.
  if (code === undefined || (kind === 'caller' && httpStatus === 500)) warnOnce(code, text, detail);
  return api?.log?.(text);
}

const FIELDS = ['secsignid', 'requestid', 'authsessionid', 'authsessionstate', 'servicename', 'serviceaddress', 'authsessionicondata'];

/** The vendor's names of the states, by number. */
const NAMES = new Map(native.listStates().map(({ name, number }) => [String(number), name.replace('_', '').toUpperCase()]));

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

  getState() {
    return this.authsessionstate ?? AuthSession.NOSTATE;
  }

  /** What a site remembers of an answer. Nobody believes it: the state of a login is what `getAuthSessionState` gives. */
  setState(state) {
    const number = String(state);
    this.authsessionstate = NAMES.has(number) ? number : '0';
  }

  getStateName() {
    return NAMES.get(this.authsessionstate) ?? 'NOSTATE';
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
for (const [number, name] of NAMES) Object.defineProperty(AuthSession, name, { value: Number(number), enumerable: true });

// The vendor's module is the API itself, with this class on it; others take both by their names.
Object.assign(SecSignIDApi, { AuthSession, SecSignIDApi });

export default SecSignIDApi;
