import type { Bytes, Data, KeyEncoding, QueryProfile, SchemeSpec } from './index.js';

/** A webhook as its sender would send it. */
export function signWebhook(options: {
  scheme?: string;
  spec?: SchemeSpec;
  secret: Data;
  encoding?: KeyEncoding;
  url?: string;
  method?: string;
  headers?: [name: string, value: string][];
  body?: Data;
  messageId?: string;
  nowMs?: number;
}): { method: string; url: string | undefined; headers: [name: string, value: string][]; body: string | Bytes };

/** A signed query, without a `?`. */
export function signQuery(options: {
  profile: QueryProfile;
  secret: Data;
  keyId?: string;
  tenant?: string;
  audience?: string;
  fields: Record<string, string>;
  nowMs?: number;
}): string;

/** A running `countermark id-server`. */
export interface IdServer {
  /** For `LoginClient`. */
  readonly server: string;
  /** The phone, for a browser. */
  readonly phone: string;
  /** Sends a command to the control API, such as `('PUT', 'plan', { steps: [{ after_polls: 1, action: 'approve' }] })`. */
  control(method: string, path: string, body?: unknown): Promise<any>;
  stop(): Promise<void>;
}

/** Starts one. `command`: the program; default the variable `COUNTERMARK`, or `countermark` of the path. */
export function startIdServer(options?: { command?: string; args?: string[] }): Promise<IdServer>;
