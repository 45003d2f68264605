// A request inside JSON: a HAR file, the event of an AWS Lambda function, or what a handler has logged as `{headers, body}`.
import { pairsOf } from './pairs.js';

/** The request: `{method, url, headers, body, note}`, the body as bytes; throws a text that says what to paste in place of it. */
export function readJson(text) {
  let value;
  try {
    value = JSON.parse(text);
  } catch {
    throw new Error(`this looks like JSON and is none: ${RATHER}`);
  }
  const entries = value.log?.entries;
  if (Array.isArray(entries) && entries.length !== 1) throw new Error(`this is a HAR file of ${entries.length} requests: leave in it the one to look at`);
  const request = entries?.[0]?.request ?? value.request ?? value;
  // A load balancer of AWS has one of them only.
  const headers = request.multiValueHeaders ?? request.headers ?? request.rawHeaders;
  if (typeof headers !== 'object' || !headers) throw new Error(`this is JSON without a request in it: ${RATHER}`);
  const pairs = pairsOf(headers);
  return entries || request.postData ? ofHar(request, pairs) : ofEvent(request, pairs);
}

const RATHER = 'paste the headers, a blank line, and the body as it arrived';
const utf8 = new TextEncoder();

/** Programs have what they like under these names. */
const firstText = (...values) => values.find((value) => value && typeof value === 'string');

function ofHar({ method, url, postData }, headers) {
  if (postData && typeof postData.text !== 'string') throw new Error('the HAR file does not hold the text of the body');
  return { method: firstText(method, 'POST'), url: firstText(url), headers, body: utf8.encode(postData?.text ?? ''), note: 'read from a HAR file' };
}

/** Of the two forms of Lambda's event only the newer one has the address as it was called. */
function ofEvent({ httpMethod, method, requestContext, url: called, rawPath, rawQueryString, body, isBase64Encoded }, headers) {
  const host = headers.find(([name]) => name.toLowerCase() === 'host')?.[1] ?? requestContext?.domainName;
  const ofLambda = rawPath && host ? `https://${host}${rawPath}${rawQueryString ? `?${rawQueryString}` : ''}` : undefined;
  const url = firstText(called, ofLambda);
  const note = `read from JSON with headers and body${url ? '' : ', without the URL (you can give it under More)'}`;
  return { method: firstText(httpMethod, requestContext?.http?.method, method, 'POST'), url, headers, body: isBase64Encoded ? decoded(body) : bytesOf(body), note };
}

function bytesOf(body) {
  if (body?.type === 'Buffer' && isBytes(body.data)) return Uint8Array.from(body.data);
  if (body && typeof body !== 'string') throw new Error('the body in this JSON was parsed already, so its bytes are lost: log it as text, before anything parses it');
  return utf8.encode(body ?? '');
}

const isBytes = (data) => Array.isArray(data) && data.every((byte) => Number.isInteger(byte) && byte >= 0 && byte <= 255);

function decoded(base64) {
  try {
    return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
  } catch {
    throw new Error('isBase64Encoded is true, and the body is no base64');
  }
}
