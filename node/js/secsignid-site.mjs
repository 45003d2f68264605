// What stands behind the objects of the vendor's API: its options, the services of a site, and the keys that seal their sessions.
import { createHmac } from 'node:crypto';
import process from 'node:process';
import { types } from 'node:util';
import { CountermarkError } from './errors.mjs';
import native from './native.cjs';
import { LoginClient, SessionSealer, normalizeSecsignId } from './login.mjs';
import { MemoryReplayStore } from './replay.mjs';

/** What an object without them takes, the same for every object of this process: the vendor's samples make one for each request. */
function defaults() {
  const secret = crypto.getRandomValues(new Uint8Array(32));
  // One key for each set of names in the options, or else a session of one site, or of one server, would open at another.
  const keysOf = (...names) => [{ id: 'process', secret: createHmac('sha256', secret).update(JSON.stringify(names)).digest() }];
  return { store: new MemoryReplayStore(), keysOf, warned: new Set(), sites: [] };
}

/** Kept at the addon, which is the same one whether this module came by `import` or by `require`. */
const shared = (native[Symbol.for('countermark.secsignid')] ??= defaults());

/** How many warnings a process gives. Whoever could make up details would fill the log. */
const WARNED_MAX = 64;

/** Once in each process. What differs in its `detail` is another fault. */
export function warnOnce(code, text, detail = '') {
  const fault = `${code} ${detail}`;
  if (shared.warned.has(fault) || shared.warned.size === WARNED_MAX) return;
  shared.warned.add(fault);
  process.emitWarning(text, { type: 'CountermarkWarning', code });
}

/** What the vendor's options may say, but here cannot be otherwise. */
const FIXED = { posturl: '/', method: 'POST', async: true };
const SERVERS = ['server', 'host', 'idserver'];
/** What is handed on to `LoginClient` as it is. */
const CLIENT = ['fallback', 'showAccessPass', 'allowPriorityCode', 'apiMethod', 'connectTimeoutMs', 'totalTimeoutMs', 'extraRootsPem', 'store'];
const KEPT = ['pluginname', 'servicename', 'serviceaddress', 'sealKeys', ...CLIENT];
const KNOWN = new Set([...SERVERS, 'port', 'logging', ...KEPT, ...Object.keys(FIXED)]);

export const isText = (value) => typeof value === 'string';
const isGiven = (value) => value !== undefined && value !== null;
const invalid = (detail) => new CountermarkError(`CM_INVALID_CONFIG\x1f\x1f${detail}`);

/** An option that nobody reads could be the one that names the server: logins would go to the public one. */
function settingsOf(options) {
  if (typeof options !== 'object' || Array.isArray(options)) throw invalid('options');
  for (const name of Object.keys(options)) if (!KNOWN.has(name)) throw invalid(`unknown option ${name}`);
  for (const [name, value] of Object.entries(FIXED)) if (isGiven(options[name]) && options[name] !== value) throw invalid(name);
  const [named, ...others] = SERVERS.filter((name) => isGiven(options[name]));
  if (others.length > 0) throw invalid(`${named} and ${others.join(' and ')}`);
  const { port } = options;
  if (isGiven(port) && (!named || named === 'server')) throw invalid('port without idserver');
  const server = !named || named === 'server' ? options.server : `https://${options[named]}${isGiven(port) ? `:${port}` : ''}`;
  return { server, ...Object.fromEntries(KEPT.map((name) => [name, options[name]])) };
}

/** How many services are kept with their clients: a site has few, but it may have taken the address from a `Host` header. */
const SERVICES_MAX = 16;

/** What a token is bound to where the site has no word of a visitor. */
const ANYBODY = 'countermark/secsignid';

/**
 * A cookie that is missing is not that: the token of a visitor without one would be everybody's. Nor is one that a parser made an object of. Any
 * visitor can send either, so they are no fault of the site.
 */
function bindingOf(request) {
  const binding = 'binding' in request ? request.binding : ANYBODY;
  if ((isText(binding) || types.isUint8Array(binding)) && binding.length > 0) return binding;
  throw new CountermarkError('CM_UNKNOWN_HANDLE\x1f\x1fbinding');
}

/** What this copy of the module has made of each service. Others share its names only: what they make may be of a realm that is gone. */
const made = new WeakMap();

class Site {
  #settings;
  #keys;
  #services;

  constructor({ settings, keys, services }) {
    this.#settings = settings;
    this.#keys = keys;
    this.#services = services;
  }

  /** The service of what a site asks for, with what its tokens are bound to. To be kept once a login of it has begun. */
  forRequest(request) {
    const service = this.#service(request ?? {});
    return { ...service, binding: bindingOf(Object(request ?? {})), keep: () => this.#keep(service) };
  }

  /** The session behind what a page posted. A login of one service is none of another, so its names are asked for where there are several. */
  open(posted) {
    const { requestid, secsignid, authsessionid, servicename, serviceaddress } = posted ?? {};
    const binding = bindingOf(Object(posted ?? {}));
    // A field that is missing or comes twice is no fault of the site.
    for (const service of isText(requestid) ? this.#meant(servicename, serviceaddress) : []) {
      const session = opened(service.sealer, requestid, binding);
      if (!session) continue;
      const edited =
        (authsessionid !== undefined && authsessionid !== session.authSessionId) ||
        (secsignid !== undefined && !(isText(secsignid) && normalizeSecsignId(secsignid) === session.secsignId));
      if (edited) break;
      this.#keep(service);
      return { client: service.client, session };
    }
    throw new CountermarkError('CM_UNKNOWN_HANDLE');
  }

  /** The one that is named; else all of the name that all have. Their address may come from a `Host` header. */
  #meant(givenName, givenAddress) {
    if (isText(givenName) && isText(givenAddress)) return [this.#service({ servicename: givenName, serviceaddress: givenAddress })];
    const { servicename, serviceaddress } = this.#settings;
    const own = isText(servicename) && isText(serviceaddress) ? [this.#service({})] : [];
    const known = [...new Set([...[...this.#services.values()].map((entry) => this.#made(entry)), ...own])];
    const wanted = [givenName, servicename].find(isText);
    const name = wanted ?? known[0]?.servicename;
    const meant = known.filter((service) => service.servicename === name);
    if (wanted !== undefined || meant.length === known.length) return meant;
    warnOnce('servicename', 'countermark/secsignid: several services, and a login is asked for without its servicename');
    return [];
  }

  /** The service of a name and address. Its client is made when it is first needed. */
  #service({ servicename = this.#settings.servicename, serviceaddress = this.#settings.serviceaddress }) {
    for (const [name, value] of Object.entries({ servicename, serviceaddress })) if (!isText(value)) throw invalid(name);
    const id = JSON.stringify([servicename, serviceaddress]);
    const entry = this.#services.get(id) ?? { id, servicename, serviceaddress };
    // The names of the options are no visitor's.
    const isOwn = servicename === this.#settings.servicename && serviceaddress === this.#settings.serviceaddress;
    if (isOwn) this.#keep({ entry });
    return this.#made(entry);
  }

  #made(entry) {
    const known = made.get(entry);
    if (known) return known;
    const { servicename, serviceaddress } = entry;
    const names = { serviceName: servicename, serviceAddress: serviceaddress };
    const { server, pluginname, store } = this.#settings;
    const options = Object.fromEntries(CLIENT.map((name) => [name, this.#settings[name]]));
    let client;
    const service = {
      entry,
      servicename,
      serviceaddress,
      client: () => (client ??= new LoginClient({ ...options, ...names, server, pluginName: pluginname, store: store ?? shared.store })),
      sealer: new SessionSealer({ keys: this.#keys, ...names }),
    };
    made.set(entry, service);
    return service;
  }

  /** Nothing is kept that only a page, or a request that began nothing, has named; and what was used last is kept longest. */
  #keep({ entry }) {
    this.#services.delete(entry.id);
    this.#services.set(entry.id, entry);
    if (this.#services.size > SERVICES_MAX) this.#services.delete(this.#services.keys().next().value);
  }
}

/** The session of a token; `undefined` if the token is none of this sealer and visitor. */
function opened(sealer, token, binding) {
  try {
    return sealer.open(token, binding);
  } catch (error) {
    if (error.code === 'CM_UNKNOWN_HANDLE') return undefined;
    throw error;
  }
}

/** How many sites are kept: a process has one or two, but some option may be made anew with each object. */
const SITES_MAX = 16;

const isSame = (settings, others) => Object.keys(settings).every((name) => settings[name] === others[name]);

/** What is kept of a site. No `Site`, whose errors would be those of the realm that made it. */
function newSite(settings) {
  const { server, fallback, servicename, serviceaddress, sealKeys, store } = settings;
  if (isGiven(sealKeys) && !isGiven(store)) {
    warnOnce('sealKeys', 'countermark/secsignid: sealKeys, and no store: several processes need one, or each accepts an approval');
  }
  return { settings, keys: sealKeys ?? shared.keysOf(server, fallback, servicename, serviceaddress), services: new Map() };
}

/** Objects with the same options are the same site: what was begun by one of them, another goes on with. */
export function siteOf(options) {
  const settings = settingsOf(options);
  const site = shared.sites.find((known) => isSame(settings, known.settings)) ?? newSite(settings);
  shared.sites = [site, ...shared.sites.filter((other) => other !== site)].slice(0, SITES_MAX);
  return new Site(site);
}
