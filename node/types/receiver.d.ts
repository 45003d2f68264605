import type { CountermarkError, Data, ReplayStore, WebhookOptions } from './index.js';

/** The settings of a verifier, and what receiving takes. */
export interface ReceiverOptions extends WebhookOptions {
  /** A longer body is not read. */
  maxBodyBytes: number;
  /** Where used keys are kept. Default: this process's memory; several processes need one store. */
  store?: ReplayStore;
  /**
   * How long to keep the key of a message: schemes without signed time need it. Worth giving, too, where messages have an id (Standard Webhooks,
   * Svix), as long as the sender goes on trying: it sends a message again under its id with a new time.
   */
  keepS?: number;
  /**
   * The site's own origin as senders call it, such as `https://shop.example`; schemes that sign the URL need it. Where a proxy takes a prefix
   * of the path away, with the prefix: `https://shop.example/api`.
   */
  origin?: string;
  /** What the handshake of Zoom, Meta or Notion needs. */
  handshakeSecret?: Data;
  /**
   * Told of every refusal, for logs. The sender gets a status and one text for all reasons; one exception is a copy of what is done, which is
   * refused with `CM_REPLAYED` and answered with a success. Nobody waits for it, and what it throws is dropped.
   */
  onRefused?: (error: CountermarkError) => void;
}
