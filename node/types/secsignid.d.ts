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

/** The vendor's Node API, for sites that move here. Without a callback the promise rejects with a `CountermarkError`. */
export class SecSignIDApi {
  constructor(
    options?: Partial<Omit<LoginClientOptions, 'serviceName' | 'serviceAddress' | 'pluginName'>> & {
      host?: string;
      port?: number;
      pluginname?: string;
      servicename?: string;
      serviceaddress?: string;
      /** Which several web servers share; default: a random key of this object. */
      sealKeys?: { id: string; secret: Uint8Array }[];
      logging?: boolean;
    },
  );
  static AuthSession: typeof AuthSession;
  log(...texts: unknown[]): void;
  /** @param request `binding`: what only this visitor's browser has, such as a cookie; without it, anybody who has the token is the visitor,
   *   and a form of somebody else with his own approved login signs the visitor in as him. One that is there and has no value, such as a
   *   cookie that is missing, is refused with `CM_INVALID_INPUT` */
  requestAuthSession(
    request: { secsignid: string; servicename?: string; serviceaddress?: string; binding?: Data },
    callback?: Callback<AuthSessionFields>,
  ): Promise<AuthSessionFields>;
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
  readonly authsessionstate?: string;
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
  getRequestingServiceName(): string | undefined;
  getRequestingServiceAddress(): string | undefined;
  getIconData(): string | undefined;
}
