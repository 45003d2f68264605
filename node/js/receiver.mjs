// What every framework's helper does with a request, whatever the framework: verify, use once, handle, answer.
import { CountermarkError, isError } from './errors.mjs';
import { answerWebhookHandshake, webhookErrorStatus, webhookHandshakeOrder, webhookSuccess } from './handshake.mjs';
import { MemoryReplayStore, webhookKeepUntilMs } from './replay.mjs';
import { WebhookVerifier } from './webhook.mjs';

/** An error of the table, with what it is about. */
export const errorOf = (code, detail) => new CountermarkError(`${code}\x1f\x1f${detail}`);

export class WebhookReceiver {
  #scheme;
  #verifier;
  #settings;

  constructor({ store = new MemoryReplayStore(), keepS, origin, handshakeSecret, onRefused, ...options }) {
    if (!Number.isSafeInteger(options.maxBodyBytes)) throw errorOf('CM_INVALID_CONFIG', 'maxBodyBytes');
    this.#scheme = options.scheme ?? '';
    this.#verifier = new WebhookVerifier(options);
    this.maxBodyBytes = options.maxBodyBytes;
    // What is refused is said now, and not when the first message has come.
    this.#settings = { store, keepS, origin: this.#verifier.siteOrigin(origin), handshakeSecret, onRefused };
    if (this.#verifier.needsKeep || keepS !== undefined) webhookKeepUntilMs(undefined, keepS, 0);
  }

  /**
   * The answer to a request; nothing where the handler has answered. A fault of the handler, the store or the configuration is thrown;
   * the sender then tries again.
   * @param request `method`, `headers`, and `target`: path and query as received
   * @param body a promise of the raw bytes
   * @param handle takes the webhook, and gives the status of an answer of its own
   */
  async receive({ method, target, headers }, body, handle) {
    const { origin, handshakeSecret, store } = this.#settings;
    const query = target?.split('?').slice(1).join('?');
    const request = { method, headers, query, url: target === undefined ? undefined : origin + target };
    let raw;
    let webhook;
    try {
      raw = await body;
      const order = webhookHandshakeOrder(this.#scheme);
      const handshake = () => answerWebhookHandshake(this.#scheme, request, raw, handshakeSecret);
      const early = order === 'before_verify' && handshake();
      if (early) return answerOf(early);
      webhook = await this.#verifier.verifyAsync(request, raw);
      const late = order === 'after_verify' && handshake();
      if (late) return answerOf(late);
    } catch (error) {
      return this.#refuse(error);
    }
    const key = webhook.replayKey;
    if (key !== undefined) {
      const refusal = await this.#reserve(key, webhook);
      if (refusal) return (await this.#answerToCopy(refusal, key)) ?? this.#refuse(refusal);
    }
    let status;
    try {
      status = await handle(webhook);
    } catch (error) {
      // What the handler says counts, whatever the store says.
      if (key !== undefined) await settled(() => store.release(key));
      throw error;
    }
    // A sender that is answered so sends the same message again. Otherwise a key that cannot be committed stays taken as it is.
    if (key !== undefined) await settled(() => (status >= 400 ? store.release(key) : store.commit(key)));
    return status === undefined ? answerOf(webhookSuccess(this.#scheme)) : undefined;
  }

  /** Takes the key; or why not. */
  async #reserve(key, webhook) {
    const { store, keepS } = this.#settings;
    const nowMs = Date.now();
    const untilMs = webhookKeepUntilMs(webhook.replayUntilMs, keepS, nowMs);
    try {
      return (await store.reserve(key, untilMs, nowMs)) ? undefined : new CountermarkError('CM_REPLAYED');
    } catch (cause) {
      return cause instanceof CountermarkError ? cause : new CountermarkError('CM_STORE_UNAVAILABLE', { cause });
    }
  }

  /**
   * A copy of what is done is answered as the first was: its sender would try on, and in the end give up the endpoint. While the first may
   * fail yet, the sender must try again.
   */
  async #answerToCopy(refusal, key) {
    if (refusal.code !== 'CM_REPLAYED') return undefined;
    const [asked] = await settled(() => this.#settings.store.isCommitted(key));
    if (asked.value !== true) return undefined;
    this.#tell(refusal);
    return answerOf(webhookSuccess(this.#scheme));
  }

  /** A log that fails changes no answer, and ends no process. */
  #tell(error) {
    const { onRefused } = this.#settings;
    settled(() => onRefused?.(error));
  }

  /** Senders get the status that they expect and the public text; a fault of ours is thrown. */
  #refuse(error) {
    if (!(error instanceof CountermarkError) || (error.class === 'caller' && error.httpStatus === 500)) throw error;
    this.#tell(error);
    return {
      status: webhookErrorStatus(this.#scheme, error),
      headers: { 'content-type': 'text/plain; charset=utf-8', ...SAFE },
      body: utf8.encode(error.publicMessage),
    };
  }
}

/** Waits for a call whose failure changes nothing. */
function settled(call) {
  return Promise.allSettled([(async () => call())()]);
}

/** An answer may repeat what was sent. */
const SAFE = { 'x-content-type-options': 'nosniff' };
const utf8 = new TextEncoder();

function answerOf({ status, contentType, body }) {
  return { status, headers: contentType ? { 'content-type': contentType, ...SAFE } : SAFE, body };
}

/** What a handler returned. One that returns an error has failed, as the handlers of hapi and Fastify do. */
export function orThrown(returned) {
  if (isError(returned)) throw returned;
  return returned;
}

/** All chunks of a stream as one array. It stops reading where the body is too long. */
export async function collect(stream, maxBytes, announced) {
  if (Number(announced) > maxBytes) throw errorOf('CM_TOO_LARGE', 'body');
  // Each chunk is copied when it comes: a sender of chunks of one byte would have an object of 400 kept for each.
  let body = new Uint8Array(Math.min(announced > 0 ? Number(announced) : FIRST_BYTES, maxBytes, FIRST_BYTES_MAX));
  let length = 0;
  for await (const chunk of chunksOf(stream)) {
    const end = length + chunk.length;
    if (end > maxBytes) throw errorOf('CM_TOO_LARGE', 'body');
    if (end > body.length) {
      const larger = new Uint8Array(Math.min(Math.max(end, 2 * body.length), maxBytes));
      larger.set(body.subarray(0, length));
      body = larger;
    }
    body.set(chunk, length);
    length = end;
  }
  return length === body.length ? body : body.slice(0, length);
}

/** Room for a body of which nothing is known, and the most that is made for what a sender only announces. */
const FIRST_BYTES = 16 * 1024;
const FIRST_BYTES_MAX = 64 * 1024;

/**
 * A stream of `fetch` is left, and not canceled: h3 writes on into it, where nothing catches what that throws, and others break the connection
 * off. Deno reads the rest of what is canceled, and of what is left neither reads nor closes.
 */
const chunksOf = (stream) => (typeof stream?.getReader === 'function' ? stream.values({ preventCancel: !globalThis.Deno }) : (stream ?? []));

/** The same for a request of a Node server, whose connection stays open for the answer. */
export const collectRequest = (stream, maxBytes, headers) =>
  collect(stream?.iterator({ destroyOnReturn: false }), maxBytes, headers['content-length']);

/** For a body of which only the parsed form is left: written again, it would be another one. */
export const alreadyParsed = () => new CountermarkError('CM_BODY_ALREADY_READ');
