import type { Data, ErrorCode, LoginClientOptions } from './index.js';

/** What the vendor's API hands over and takes. `requestid` is a sealed token here. */
export interface AuthSessionFields {
  secsignid: string;
  requestid: string;
  authsessionid: string;
  authsessionstate: string;
  servicename: string;
  serviceaddress: string;
  authsessionicondata?: string;
}

/** What a callback gets in place of a result. */
export interface SecSignIDError {
  error: number;
  errorcode: number | string;
  errormsg: string;
  code: ErrorCode;
}

type Posted = AuthSession | { requestid: string; secsignid?: string; authsessionid?: string; servicename?: string; serviceaddress?: string; binding?: Data };
type Callback<T> = (result: T & Partial<SecSignIDError>) => void;

/**
 * The vendor's Node API, for sites that move here. Without a callback the promise rejects with a `CountermarkError`, also where the vendor's
 * API threw; if nobody awaits it, nothing happens.
 *
 * Objects with the same options are the same site, so a site may make one for each request. `require` gives this class itself, as the vendor's
 * module does.
 */
export class SecSignIDApi {
  /** @throws `CM_INVALID_CONFIG` for an option that is unknown or cannot be */
  constructor(
    options?: Partial<Omit<LoginClientOptions, 'serviceName' | 'serviceAddress' | 'pluginName'>> & {
      /** The host of an ID server, under the vendor's name for it. */
      idserver?: string;
      /** The same. Only one of `idserver`, `host` and `server` may be there. */
      host?: string;
      /** Of `idserver` or `host`. */
      port?: number | string;
      posturl?: '/';
      method?: 'POST';
      async?: true;
      pluginname?: string;
      servicename?: string;
      serviceaddress?: string;
      /**
       * Which several web servers of this one service share. They need one `store` too, or each of them accepts an approval once. Default: a random
       * key of this process, for objects with the same server and service.
       */
      sealKeys?: { id: string; secret: Uint8Array }[];
      /** Whether `log` prints: why a call has failed, which a callback is not told, and what the site itself gives to it. */
      logging?: boolean;
    },
  );
  static SecSignIDApi: typeof SecSignIDApi;
  static AuthSession: typeof AuthSession;
  /** Is told why a call has failed. May be replaced, by a site that has a log of its own. */
  log(...texts: unknown[]): void;
  /** @param request `binding`: what only this visitor's browser has, such as a cookie; without it, anybody who has the token is the visitor,
   *   and a form of somebody else with his own approved login signs the visitor in as him. One that is there and has no value, such as a
   *   cookie that is missing, or is neither text nor bytes, is refused with `CM_UNKNOWN_HANDLE` */
  requestAuthSession(
    request: { secsignid: string; servicename?: string; serviceaddress?: string; binding?: Data },
    callback?: Callback<AuthSessionFields>,
  ): Promise<AuthSessionFields>;
  /** `authsessionstate` 3 is told once: whoever asks again gets `CM_ALREADY_CONSUMED`. */
  getAuthSessionState(
    authSession: Posted,
    callback?: Callback<Pick<AuthSessionFields, 'authsessionid' | 'secsignid' | 'authsessionstate'>>,
  ): Promise<Pick<AuthSessionFields, 'authsessionid' | 'secsignid' | 'authsessionstate'>>;
  cancelAuthSession(authSession: Posted, callback?: Callback<Pick<AuthSessionFields, 'authsessionid' | 'authsessionstate'>>): Promise<Pick<AuthSessionFields, 'authsessionid' | 'authsessionstate'>>;
  releaseAuthSession(authSession: Posted, callback?: Callback<Pick<AuthSessionFields, 'authsessionid'>>): Promise<Pick<AuthSessionFields, 'authsessionid'>>;
}

export class AuthSession {
  constructor(fields: Partial<AuthSessionFields> & { binding?: Data });
  readonly requestid: string;
  readonly secsignid?: string;
  readonly authsessionid?: string;
  authsessionstate?: string;
  readonly servicename?: string;
  readonly serviceaddress?: string;
  readonly authsessionicondata?: string;
  readonly binding?: Data;
  static readonly NOSTATE: 0;
  static readonly PENDING: 1;
  static readonly EXPIRED: 2;
  static readonly AUTHENTICATED: 3;
  static readonly DENIED: 4;
  static readonly SUSPENDED: 5;
  static readonly CANCELED: 6;
  static readonly FETCHED: 7;
  static readonly INVALID: 8;
  getSecSignId(): string | undefined;
  getRequestId(): string;
  getAuthSessionId(): string | undefined;
  getAuthSessionState(): string | undefined;
  /** The same, or 0. */
  getState(): string | 0;
  /** What a site remembers of an answer: a number of a state, or else 0. Nobody believes it. */
  setState(state: string | number): void;
  /** `'PENDING'`, `'NOSTATE'`, … */
  getStateName(): string;
  getRequestingServiceName(): string | undefined;
  getRequestingServiceAddress(): string | undefined;
  getIconData(): string | undefined;
}

export default SecSignIDApi;
