/**
 * Countermark: is this login, this link, this webhook really from who it says?
 *
 * Times are Unix milliseconds (`…Ms`), spans seconds (`…S`) or milliseconds. Every call without another promise throws, or rejects
 * with, {@link CountermarkError} and nothing else. This file is the same for `countermark` and `@countermark/wasm`.
 */

import type { ErrorCode } from './codes.js';

export type { ErrorCode } from './codes.js';

/** Text as UTF-8, or bytes. An array over a `SharedArrayBuffer` is refused: another thread could write it meanwhile. */
export type Data = string | Uint8Array;

/** Bytes that a call gives: `Response`, `Blob` and `crypto.subtle` take them. It is `Uint8Array<ArrayBuffer>` where TypeScript tells the two apart. */
export type Bytes = ReturnType<TextEncoder['encode']>;

/** Why something was refused. Holds no secret, no session handle and no signed address, so it may be logged. */
export class CountermarkError extends Error {
  private constructor();
  readonly name: 'CountermarkError';
  /** The stable name, such as `CM_SIGNATURE_MISMATCH`; {@link listErrors} has them all. */
  readonly code: ErrorCode;
  /** The stable number, the same in every language. */
  readonly number: number;
  /** Whether the same call may succeed later without any change. */
  readonly retryable: boolean;
  /** The group of the number. */
  readonly class: ErrorClass;
  /** The HTTP status that a server should answer. */
  readonly httpStatus: number;
  /** The text that a remote party may see; `message` is for logs. */
  readonly publicMessage: string;
  /** What to do about it, for the operator. */
  readonly hint: string;
  /** What it is about, such as a field or a header. */
  readonly detail?: string;
  /** What an ID server stated. Not trustworthy: escape it before showing it. */
  readonly server?: { readonly error: string; readonly code?: string; readonly message?: string };
}

export type ErrorClass = 'caller' | 'not_authentic' | 'not_acceptable' | 'login_ended' | 'server' | 'transport' | 'internal';

/** What `tryVerify` gives. A refusal throws nothing, which takes a tenth of the time; its `error` is made when it is read. */
export type Result<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly code: ErrorCode; readonly error: CountermarkError };

// ---- Signed queries -------------------------------------------------------------------------------------------------------------

/**
 * How a query is signed. `countermark-v1` is HMAC-SHA256 over fields that carry their lengths: use it wherever both ends are yours.
 * The other two are OneLogin's withdrawn links: **they rest on plain SHA-1, and their fields have no borders.** `legacy-onelogin` is
 * as tolerant of clocks as the vendor's sample, `-strict` has every rule that the format allows.
 */
export type QueryProfile = 'countermark-v1' | 'legacy-onelogin' | 'legacy-onelogin-strict';

export interface QueryKey {
  /** The name of the key: reported when it matches, and in `countermark-v1` part of the query. */
  id: string;
  /** The shared secret, at least 20 bytes, used as it is. */
  secret: Data;
  notBeforeMs?: number;
  notAfterMs?: number;
  /** The tenant that holds the secret. `countermark-v1` signs it, and refuses a query of another one. */
  tenant?: string;
  /** The email domains that the holder may sign for (OneLogin; `countermark-v1` takes none). Set it whenever more than one customer has a secret. */
  emailDomains?: string[];
}

export interface SignedQueryVerifierOptions {
  profile: QueryProfile;
  /** 1 to 16 keys, tried in order. */
  keys: QueryKey[];
  /** Who this verifier is; required for `countermark-v1`. */
  audience?: string;
  /** Oldest accepted query. Default 240, at most a day. */
  maxAgeS?: number;
  /** How far a signed time may lie ahead. Default 60, and 240 for `legacy-onelogin`. */
  maxFutureS?: number;
  /** Whether names may be empty (`legacy-onelogin` only). */
  allowEmptyNames?: boolean;
  /** Accepts the demo token of the vendor's sample, for tests. */
  allowDemoSecret?: boolean;
}

/**
 * Verifies signed queries. Pass the raw text after the `?`, such as that of `req.url`: a query that was parsed and written again is
 * another text. Afterwards reserve the replay key, or the link can be used again.
 */
export class SignedQueryVerifier {
  /** @throws `CM_INVALID_SECRET`, `CM_WEAK_SECRET`, `CM_INVALID_CONFIG` */
  constructor(options: SignedQueryVerifierOptions);
  /** @throws whatever is wrong with the query; show a visitor only `publicMessage` */
  verify(query: Data, nowMs?: number): VerifiedQuery;
  /** As {@link verify}, without an exception for a query that is refused. */
  tryVerify(query: Data, nowMs?: number): Result<VerifiedQuery>;
}

/** What a query proved. Other parameters of the query cannot be read from it. */
export interface VerifiedQuery {
  /** The value of a signed field; of `legacy-onelogin-strict` not the email, which is only a claim. */
  get(name: string): string | undefined;
  /** All that {@link get} gives. */
  readonly pairs: [name: string, value: string][];
  /**
   * The email that a OneLogin link names, to look the account up with. **A claim, not an identity:** the borders between the fields
   * are not signed. Log in what {@link checkProfile} or {@link checkKnownEmails} gives.
   */
  readonly claimedEmail: string | undefined;
  readonly keyId: string;
  readonly tenant: string | undefined;
  readonly signedAtMs: number;
  /** `sha1` or `hmac-sha256`, so that uses of the weak one can be counted. */
  readonly algorithm: string;
  /** Reserve it before anything is done. */
  readonly replayKey: string;
  readonly replayUntilMs: number;
  /**
   * The email of a OneLogin link, proven by the names of its account in your own directory.
   * @throws `CM_PROFILE_MISMATCH`
   */
  checkProfile(expectedFirst: string, expectedLast: string): string;
  /**
   * The email of a OneLogin link, proven by a look-up: it must be among `known`, and no other email of the same signed text may be.
   * @param known those of these emails that your directory has
   * @throws `CM_PROFILE_MISMATCH`
   */
  checkKnownEmails(known: string[]): string;
  /** The other emails that other splits of the same signed text would give, at most 64. */
  ambiguousEmails(): string[];
}

export interface SignedQuerySignerOptions {
  profile: QueryProfile;
  key: QueryKey;
  /** Who is to accept the query; required for `countermark-v1`. */
  audience?: string;
  /** Life of a query (`countermark-v1`). Default 240, at most a day. */
  lifetimeS?: number;
  allowDemoSecret?: boolean;
}

/** Signs queries. */
export class SignedQuerySigner {
  constructor(options: SignedQuerySignerOptions);
  /** The signed query, without a `?`. `entropy` is 16 random bytes, made here unless given. */
  sign(fields: Record<string, string> | [name: string, value: string][], options?: { nowMs?: number; entropy?: Uint8Array }): string;
}

// ---- Webhooks -------------------------------------------------------------------------------------------------------------------

/**
 * Headers, best in the order of arrival: Node's `rawHeaders`, a list of pairs, a `Headers`, or an object. An object such as Node's
 * `headers` has lost repeated headers, which then cannot be refused. Values are bytes, each as one character, as servers give them.
 */
export type HeaderSource =
  | readonly string[]
  | Iterable<readonly [name: string, value: string]>
  | Readonly<Record<string, string | readonly string[] | undefined>>;

/** A received request, without its body. */
export interface WebhookRequest {
  headers: HeaderSource;
  /** Needed by few schemes. */
  method?: string;
  /** The URL as the sender called it, which behind a proxy is not the one that the server sees; needed by few schemes. */
  url?: string;
  /** The query as received, without `?`. Without it, that of the URL. */
  query?: string;
}

/** How a key is written. */
export type KeyEncoding =
  | 'utf8' | 'whsec' | 'base64' | 'base64url' | 'hex' | 'hexkey:hexsalt' | 'whpk' | 'ed25519_public_hex' | 'botid:ed25519_hex'
  | 'spki_der_base64' | 'webhookid:x509_pem' | 'whsk' | 'ed25519_seed_hex' | 'botid:ed25519_seed_hex' | 'pkcs8_der_base64'
  | 'webhookid:pkcs8_der_base64';

export interface WebhookKey {
  /** Your name for the key; reported when it matches. */
  id: string;
  /** The secret or public key as the sender's console shows it. */
  secret: Data;
  /** How it is written; without it, as the scheme has it. */
  encoding?: KeyEncoding;
  notBeforeMs?: number;
  notAfterMs?: number;
}

/** A scheme of your own; what is absent is HMAC-SHA256 of the body in hex, the secret as text. An empty text means "none". */
export interface SchemeSpec {
  id: string;
  signatureHeader?: string;
  signatureParameter?: string;
  prefix?: string;
  separator?: string;
  encoding?: 'hex' | 'base64' | 'base64url' | 'base64url_padded';
  digest?: Digest;
  hash?: 'sha1' | 'sha256' | 'sha512';
  key?: KeyEncoding;
  /** The signed bytes, such as `{id}.{timestamp}.{body}`. */
  signed?: string;
  url?: 'exact' | 'any_port' | 'hubspot';
  idHeader?: string;
  timeHeader?: string;
  timeLabel?: string;
  timeParameter?: string;
  timeJson?: string;
  timeUnit?: 'seconds' | 'milliseconds' | 'rfc3339' | 'imf_fixdate';
  maxAgeS?: number;
  maxFutureS?: number;
  pairsOnly?: string;
  pairsExcept?: string;
  pairsText?: 'decoded' | 'percent' | 'form' | 'url_standard' | 'underscore';
  pairsEquals?: string;
  pairsJoin?: string;
  pairsRepeats?: 'refuse' | 'arrays' | 'comma' | 'unique';
}

export type Digest = 'hmac' | 'hash' | 'token' | 'ed25519' | 'ecdsa_p256' | 'rsa_sha256';

export interface WebhookOptions {
  /** The id of a scheme, such as `github`; {@link listSchemes} has them all. */
  scheme?: string;
  /** Or a scheme of your own. */
  spec?: SchemeSpec;
  /** 1 to 16 keys, tried in order; several during a rotation. */
  keys: WebhookKey[];
  /** Oldest accepted time; without it, as the scheme has it. */
  maxAgeS?: number;
  /** Newest accepted time ahead of the clock; without it, as the scheme has it. */
  maxFutureS?: number;
  /** Whether the time is checked. Only a queue that verifies much later should say no. */
  checkTime?: boolean;
  /** Longest body. Default 25 MiB. */
  maxBodyBytes?: number;
}

/** Verifies webhooks of one scheme. */
export class WebhookVerifier {
  /** @throws `CM_UNKNOWN_SCHEME`, `CM_INVALID_CONFIG`, `CM_INVALID_SECRET`, `CM_UNSUPPORTED` */
  constructor(options: WebhookOptions);
  /** The ids of keys that could not be used. */
  readonly unusableKeys: string[];
  /** Whether a store must be told how long to keep the replay keys: the scheme signs no time, or it is not checked. Not for a token, which has none. */
  readonly needsKeep: boolean;
  /**
   * Checks the origin that a site is configured with, `https://host[:port]` or `http://…`, and perhaps a prefix of the path that a proxy
   * takes away. For adapters of web frameworks.
   * @returns what stands before the path in the URL that senders call; empty where none is needed and none is given
   * @throws `CM_INVALID_CONFIG` for a text that is no origin, and for none where the scheme signs the URL
   */
  siteOrigin(origin: string | undefined): string;
  /**
   * @param body as it arrived, byte by byte; a body that was parsed and written again is another one
   * @throws whatever is wrong; answer `httpStatus` and `publicMessage`
   */
  verify(request: WebhookRequest, body: Data, nowMs?: number): VerifiedWebhook;
  /**
   * As {@link verify}, for long bodies where the native part is WebAssembly: their HMAC is left to the platform, which works it out
   * faster, and everything else is judged as ever. The body must not be written before the promise has settled.
   */
  verifyAsync(request: WebhookRequest, body: Data, nowMs?: number): Promise<VerifiedWebhook>;
  /** As {@link verify}, without an exception for a webhook that is refused. */
  tryVerify(request: WebhookRequest, body: Data, nowMs?: number): Result<VerifiedWebhook>;
}

/** A webhook whose signature and time are good. */
export interface VerifiedWebhook {
  readonly scheme: string;
  readonly keyId: string;
  readonly messageId: string | undefined;
  readonly timestampMs: number | undefined;
  /** The key under which a second copy is known; `undefined` for a static token, which identifies no message. */
  readonly replayKey: string | undefined;
  /** How long to keep it; `undefined` when no time was checked, so that the same message would be accepted for ever. */
  readonly replayUntilMs: number | undefined;
  /** What the signature covers, such as `body`. Empty for a static token. */
  readonly covers: string[];
  readonly coversBody: boolean;
  /** The parameters or fields that the signature covers, for schemes that sign some of them. */
  readonly fields: { readonly name: string; readonly value: Bytes }[];
  /**
   * The body, where the signature covers it; else empty. It is the array that was given, or the UTF-8 of the text. An array is not copied: whoever
   * writes into it afterwards writes into what was verified.
   */
  readonly body: Bytes;
  /** The body where the signature does *not* cover it; else empty. Anybody on the way may have written it. */
  readonly unsignedBody: Bytes;
  /** {@link body} as text. */
  text(): string;
  /** {@link body} as JSON. */
  json(): unknown;
}

/** Signs webhooks of one scheme, for senders and for tests. */
export class WebhookSigner {
  constructor(options: Pick<WebhookOptions, 'scheme' | 'spec' | 'keys'>);
  sign(request: WebhookRequest, body: Data, options?: { messageId?: string; nowMs?: number }): SignedWebhook;
}

/** What to send. What is absent stays as it was. */
export interface SignedWebhook {
  readonly headers: [name: string, value: string][];
  readonly url?: string;
  readonly query?: string;
  readonly body?: Bytes;
}

/** Finds out why webhooks of one configuration fail. For operators, never for the answer to a sender. */
export class WebhookExplainer {
  constructor(options: WebhookOptions);
  explain(request: WebhookRequest, body: Data, nowMs?: number): WebhookExplanation;
}

export interface WebhookExplanation {
  /** The code of the refusal; absent for a webhook that is accepted. */
  readonly error?: ErrorCode;
  /** The key that matched; empty when the request is refused. */
  readonly keyId: string;
  /** The causes, the surest first. */
  readonly causes: WebhookCause[];
  /** Whether every idea was tried. */
  readonly complete: boolean;
  readonly checks: { readonly step: string; readonly state: 'passed' | 'failed' | 'not_reached' }[];
  /** That of the body that arrived, in bytes. */
  readonly bodyLength: number;
  /** SHA-256 of the body that arrived, in lower-case hex. That of the body that was sent tells whether something on the way changed it. */
  readonly bodySha256: string;
}

export interface WebhookCause {
  readonly kind: string;
  readonly certainty: 'proved' | 'likely' | 'possible';
  /** What it happened to: a header, a parameter, a key; may be empty. */
  readonly subject: string;
  /** What would fit; may be empty. */
  readonly fits: string;
  /** How much, in `unit`; 0 without a unit. */
  readonly amount: number;
  readonly unit: string;
  readonly happened: string;
  readonly remedy: string;
}

export interface CauseInfo {
  readonly number: number;
  readonly name: string;
  readonly unit: string;
  readonly happened: string;
  readonly remedy: string;
}

/** Every cause that an explanation can name. */
export function listCauses(): CauseInfo[];

export interface SchemeInfo {
  readonly id: string;
  readonly title: string;
  /** Where the facts come from. */
  readonly source: string;
  /** A weakness that no verifier can mend; may be empty. */
  readonly weakness: string;
  readonly signatureHeaders: string[];
  readonly signed: string;
  readonly covers: string[];
  readonly digest: Digest;
  readonly key: KeyEncoding;
  readonly maxAgeS?: number;
  readonly maxFutureS?: number;
}

/** Every scheme of the table. */
export function listSchemes(): SchemeInfo[];

/** An HTTP answer. Send `X-Content-Type-Options: nosniff` with it, since a body may repeat what was sent. */
export interface WebhookAnswer {
  readonly status: number;
  /** Empty for none. */
  readonly contentType: string;
  readonly body: Bytes;
}

/** When the handshake of a scheme is to be answered; `null` if it has none. */
export function webhookHandshakeOrder(scheme: string): 'before_verify' | 'after_verify' | null;
/** The answer to a handshake; `null` if the request is none. `secret` is what Zoom, Meta and Notion need. */
export function answerWebhookHandshake(scheme: string, request: WebhookRequest, body: Data, secret?: Data): WebhookAnswer | null;
/** The secret that a handshake hands over unsigned (Notion's), for an operator to confirm; `null` if there is none. */
export function webhookHandshakeSecret(scheme: string, body: Data): Bytes | null;
/** The HTTP status that the sender of a scheme expects for an error. */
export function webhookErrorStatus(scheme: string, error: { readonly number: number }): number;
/** The answer to a webhook that was taken. */
export function webhookSuccess(scheme: string): WebhookAnswer;

// ---- Logins ---------------------------------------------------------------------------------------------------------------------

export interface LoginServiceOptions {
  /** `https://host[:port]`; `http` for loopback only. Absent: the public server and its fallback. */
  server?: string;
  /** The host to turn to when the server cannot be reached at all. */
  fallback?: string;
  /** The name that the push message shows: at most 255 bytes, no `=`. */
  serviceName: string;
  /** The address that the app shows: where this service is. Never take it from a request: a relaying site could choose it. */
  serviceAddress: string;
  pluginName?: string;
  /** Whether the app asks for an access pass. Absent: the server decides. */
  showAccessPass?: boolean;
  /** Whether a user may type a priority code, so that another ID approves than the one typed. */
  allowPriorityCode?: boolean;
  apiMethod?: string;
  /** Default 5,000. */
  connectTimeoutMs?: number;
  /** Default 15,000. */
  totalTimeoutMs?: number;
}

export interface LoginClientOptions extends LoginServiceOptions {
  /** Root certificates (PEM) of an on-premise server, trusted beside those of the platform. */
  extraRootsPem?: Data;
  /**
   * Guards against two open logins for one ID, and against using an approval twice. One whose `atomic` is false is refused. Default: this process's
   * memory.
   */
  store?: ReplayStore;
}

/**
 * Logs users in with SecSign ID. It holds no login, so one client serves any number of them at once.
 *
 * A signal that fires rejects the promise with its reason at once, and stops asking. An aborted {@link wait} withdraws its login,
 * so that the phone stops asking; no other call does, and the login then stays open until it is canceled or its two minutes are over.
 */
export class LoginClient {
  constructor(options: LoginClientOptions);
  /**
   * Starts a login: the phone shows it, and `accessPass` is to be shown on the page. A start is never repeated.
   * If `signal` fires meanwhile, it is finished and the login withdrawn, or the ID would stay busy.
   * @throws `CM_BUSY` when a login for the ID is open, `CM_INVALID_SECSIGN_ID`, `CM_UNKNOWN_ID`, `CM_FROZEN`, …
   */
  begin(secsignId: string, options?: { signal?: AbortSignal }): Promise<Challenge>;
  /**
   * Asks once how the login stands. An approval is given out once; whoever asks again gets `CM_ALREADY_CONSUMED`.
   * @throws `CM_UNKNOWN_HANDLE`, `CM_IDENTITY_MISMATCH`, `CM_SESSION_GONE`, …
   */
  check(session: AuthSession, options?: { signal?: AbortSignal }): Promise<LoginOutcome>;
  /**
   * Asks until the user has decided, the session has expired, or the deadline is reached, and gives the last known outcome. Aborted,
   * it withdraws the login in the background, and the ID stays taken for as long as a session lives.
   */
  wait(session: AuthSession, options?: { signal?: AbortSignal; deadlineMs?: number }): Promise<LoginOutcome>;
  /** Withdraws the login, so that the phone stops asking. */
  cancel(session: AuthSession, options?: { signal?: AbortSignal }): Promise<void>;
  /** Gives an approved session back to an own server that wants it. No login depends on it. */
  release(session: AuthSession, options?: { signal?: AbortSignal }): Promise<void>;
}

/** What to show, and what to keep. */
export interface Challenge {
  readonly session: AuthSession;
  /** The symbol that the user must pick on the phone; absent for sessions that are only confirmed. */
  readonly accessPass?: AccessPass;
}

/** A session that this service opened. Keep it on the server, or sealed; never give its parts to a browser. */
export class AuthSession {
  private constructor();
  /** The ID that it was opened for. Not proof of anybody's approval. */
  readonly secsignId: string;
  /** A signed 64-bit integer as text. */
  readonly authSessionId: string;
  readonly serviceName: string;
  readonly serviceAddress: string;
  readonly createdAtMs: number;
}

/** A checked PNG. */
export interface AccessPass {
  readonly png: Bytes;
  readonly width: number;
  readonly height: number;
  /** For the `src` of an `img`; cannot leave the attribute. */
  readonly dataUri: string;
}

export function accessPassFromPng(png: Uint8Array): AccessPass;
export function accessPassFromBase64(text: string): AccessPass;

export type OutcomeKind = 'pending' | 'fetched' | 'approved' | 'denied' | 'expired' | 'suspended' | 'canceled' | 'invalid' | 'released';

/** How a login stands or ended. A denied login is an outcome, not an error. */
export interface LoginOutcome {
  readonly kind: OutcomeKind;
  /** The ID that approved, by the server's own statement. Log in this one, never the one that was typed. */
  readonly secsignId: string | null;
  /** Whether the user may still decide. */
  readonly isOpen: boolean;
  /**
   * The ID that approved.
   * @throws `CM_LOGIN_PENDING`, `CM_LOGIN_DENIED`, `CM_LOGIN_EXPIRED`, `CM_LOGIN_SUSPENDED`, `CM_LOGIN_CANCELED`, `CM_LOGIN_INVALID`
   */
  requireApproved(): string;
}

/** Turns a session into an opaque token for one visitor, and back. */
export class SessionSealer {
  constructor(options: {
    /** Secrets of 32 random bytes. The first that is valid seals, all of them open. */
    keys: { id: string; secret: Uint8Array; notBeforeMs?: number; notAfterMs?: number }[];
    serviceName: string;
    serviceAddress: string;
  });
  /**
   * @param binding what only this visitor's browser has, such as the value of a pre-login cookie that is `HttpOnly`
   * @returns base64url text, for a form field or a cookie
   */
  seal(session: AuthSession, binding: Data, options?: { nowMs?: number; entropy?: Uint8Array }): string;
  /** @throws `CM_HANDLE_EXPIRED`; `CM_UNKNOWN_HANDLE` for everything else that is wrong */
  open(token: string, binding: Data, nowMs?: number): AuthSession;
}

/** A checked configuration, for programs that drive {@link Login} themselves. */
export class LoginService {
  constructor(options: LoginServiceOptions);
  readonly serviceName: string;
  readonly serviceAddress: string;
  readonly connectTimeoutMs: number;
  readonly totalTimeoutMs: number;
}

/** One task on a login as a step machine: it sends, sleeps and stores nothing itself. */
export class Login {
  private constructor();
  static begin(service: LoginService, secsignId: string, nowMs: number): Login;
  static check(service: LoginService, session: AuthSession, nowMs: number): Login;
  static wait(service: LoginService, session: AuthSession, nowMs: number, deadlineMs?: number): Login;
  static cancel(service: LoginService, session: AuthSession, nowMs: number): Login;
  static release(service: LoginService, session: AuthSession, nowMs: number): Login;
  poll(nowMs: number): LoginStep;
  onResponse(status: number, body: Data, nowMs: number): void;
  /** Say `maybe_sent` unless it is certain that nothing was sent. */
  onTransportError(kind: FailureKind, phase: FailurePhase, nowMs: number): void;
  /** What the store said: undefined when it did as asked, else the number of its error, that of `CM_REPLAYED` for a key that is taken. */
  onStore(refusal: number | undefined, nowMs: number): void;
  abort(nowMs: number): void;
  challenge(): Challenge;
  outcome(): LoginOutcome;
  readonly retries: number;
}

export type LoginStep =
  | { readonly type: 'send'; readonly request: HttpRequest }
  | { readonly type: 'wait'; readonly untilMs: number }
  /** Take the key in the store, atomically, then say so with `onStore`. Logins only. */
  | { readonly type: 'reserve'; readonly key: string; readonly untilMs: number }
  | { readonly type: 'release'; readonly key: string }
  | { readonly type: 'done' };

export type FailureKind = 'timeout' | 'unreachable' | 'tls';
export type FailurePhase = 'not_sent' | 'maybe_sent';

/** To be sent exactly as it stands: no redirects, no cookies, no retries. Its body holds handles or keys: never log it. */
export interface HttpRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: [name: string, value: string][];
  readonly body: Bytes;
  readonly connectTimeoutMs: number;
  readonly totalTimeoutMs: number;
  /** Longest answer to read; feed one byte more if it is longer. */
  readonly maxReplyBytes: number;
}

/** Trims blanks and lowers ASCII letters. @throws `CM_INVALID_SECSIGN_ID` */
export function normalizeSecsignId(secsignId: string): string;

/** The fields of a reply, for tools. Proves nothing about a user. */
export interface ServerReply {
  readonly secsignId?: string;
  readonly authSessionId?: string;
  readonly requestId?: string;
  readonly serviceName?: string;
  readonly serviceAddress?: string;
  readonly state?: number;
  readonly accessPassBase64?: string;
  readonly unknownFields: number;
}

export function parseReply(kind: 'start' | 'state' | 'cancel' | 'release', body: Data): ServerReply;

/** Makes links that open the phone app on a login. */
export class AppLink {
  /** @param idServer `host[:port]` that the phone talks to @param scheme that of a branded app */
  constructor(idServer: string, scheme?: string);
  authenticate(secsignId: string, authSessionId: string, returnUrl: string): string;
}

/** `candidate` if it stays on the site `base`, else `fallback`. */
export function safeReturnUrl(base: string, candidate: string, fallback: string): string;

// ---- What may happen once ---------------------------------------------------------------------------------------------------------

/** A store of keys that may be used once; several servers need a shared one. */
export interface ReplayStore {
  /** Takes a key, atomically; `false` when it is taken. Throws when the store cannot tell. */
  reserve(key: string, untilMs: number, nowMs?: number): boolean | Promise<boolean>;
  /** The work is done: the key stays taken to the end of its time. */
  commit(key: string): boolean | Promise<boolean>;
  /** Whether the work is done: a webhook that comes again is then answered with a success. */
  isCommitted(key: string): boolean | Promise<boolean>;
  /** The work failed and may be tried again. Only the caller that took the key may. */
  release(key: string): boolean | Promise<boolean>;
}

/**
 * How long to keep the replay key of a webhook: to the later of its `replayUntilMs` and `keepS` seconds from now, which schemes that sign no time need.
 * @throws `CM_INVALID_CONFIG` without either, or for a span that is none
 */
export function webhookKeepUntilMs(replayUntilMs: number | undefined, keepS: number | undefined, nowMs?: number): number;

/** A store for one process. Full, it refuses: forgetting a key early would let a replay pass. */
export class MemoryReplayStore implements ReplayStore {
  /** @param options `capacity`: how many keys; default 100,000 */
  constructor(options?: { capacity?: number });
  reserve(key: string, untilMs: number, nowMs?: number): boolean;
  commit(key: string): boolean;
  isCommitted(key: string): boolean;
  release(key: string): boolean;
  readonly size: number;
}

// ---- SecureSign -------------------------------------------------------------------------------------------------------------------

export type SecureSignEnvironment = 'live' | 'test';
export type SecureSignPlatform = 'web' | 'mobile_browser' | 'desktop_software' | 'desktop_agent';

export interface SecureSignOptions {
  /** `https://host[:port]/v1`; absent: the vendor's. */
  baseUrl?: string;
  environment: SecureSignEnvironment;
  tenantId: string;
  /** The hosts that a callback may go to. */
  callbackHosts?: string[];
  /** How long past its end a session is still taken: 0 to 60. */
  clockSkewS?: number;
  apiKey: Data;
}

export interface SecureSignRequest {
  /** A fresh id of 128 random bits: letters, digits, `_`, `-`, `.`. */
  requestId: string;
  hash: Uint8Array;
  algorithm: 'SHA256' | 'SHA384' | 'SHA512';
  callbackUrl: string;
}

/** What to keep on the server until the callback comes, under its request id. */
export interface SecureSignPending {
  readonly requestId: string;
  readonly hash: Uint8Array;
  readonly algorithm: string;
  readonly expiresAtMs: number;
}

export interface SecureSignSession {
  readonly sessionId: string;
  readonly expiresAtMs: number;
  readonly deepLink: string;
}

export interface SecureSignValidation {
  readonly tenantId: string;
  readonly rpm?: number;
}

/** Asks SecureSign. Nothing is sent twice. */
export class SecureSignClient {
  constructor(options: SecureSignOptions);
  validate(origin: string, platform: SecureSignPlatform, options?: { signal?: AbortSignal }): Promise<SecureSignValidation>;
  session(request: SecureSignRequest, options?: { signal?: AbortSignal }): Promise<{ session: SecureSignSession; pending: SecureSignPending }>;
  /** The step machines of the two, for programs that bring their own transport. */
  validateCall(origin: string, platform: SecureSignPlatform): SecureSignCall & { validation(): SecureSignValidation };
  sessionCall(request: SecureSignRequest): SecureSignCall & { session(): SecureSignSession; pending(): SecureSignPending };
  deepLink(request: SecureSignRequest, options?: { withApiKey?: boolean }): string;
  /** Checks a callback against what was kept. Reserve `onceKey` before acting on the result. */
  complete(hint: SecureSignHint, pending: SecureSignPending, certificateDer: Uint8Array, nowMs?: number): SecureSignResult;
}

export interface SecureSignCall {
  poll(nowMs: number): LoginStep;
  onResponse(status: number, body: Data, nowMs: number): void;
  onTransportError(kind: FailureKind, phase: FailurePhase, nowMs: number): void;
}

/** What a callback claims; signed by nobody. Use it only to find the pending request. */
export interface SecureSignHint {
  readonly requestId: string;
  readonly claimsSuccess: boolean;
  readonly code: string | null;
  readonly signature: Uint8Array | null;
  readonly signedAtMs: number | null;
}

export interface SecureSignResult {
  readonly requestId: string;
  readonly signature: Bytes;
  readonly certificateSerial: string;
  readonly onceKey: string;
  readonly onceTtlS: number;
}

/** Reads the `ss_result` of a callback's raw query. */
export function readSecuresignCallback(query: string): SecureSignHint;
/** An origin in the exact form of a browser's `Origin` header. */
export function securesignOrigin(text: string, environment: SecureSignEnvironment): string;
export function securesignCode(text: string): { readonly code: string; readonly retry: 'no' | 'same_session' | 'new_session' };
export function securesignPinStatus(text: string): { readonly status: string; readonly permitsSigning: boolean };
export function securesignPinSessionIsOpen(lastUseMs: number, options?: { idleMs?: number; nowMs?: number }): boolean;
/** Milliseconds to wait so that no minute holds more than `rpm` calls. */
export function securesignRateLimitWaitMs(callsMs: number[], rpm: number, nowMs?: number): number;

// ---- Tables -----------------------------------------------------------------------------------------------------------------------

export interface ErrorInfo {
  readonly number: number;
  readonly name: string;
  readonly class: ErrorClass;
  readonly retryable: boolean;
  readonly httpStatus: number;
  readonly publicMessage: string;
  readonly message: string;
  readonly hint: string;
}

export const version: string;
export const abiVersion: number;
/** Every error that any call can give. */
export function listErrors(): ErrorInfo[];
/** Every state of an AuthSession. */
export function listStates(): { readonly number: number; readonly name: string; readonly terminal: boolean }[];
