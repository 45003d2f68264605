// A request inside JSON: a HAR file, the event of an AWS Lambda function, or what a handler has logged as `{headers, body}`.

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
  const request = entries?.[0].request ?? value.request ?? value;
  if (typeof request.headers !== 'object' || !request.headers) throw new Error(`this is JSON without a request in it: ${RATHER}`);
  return Array.isArray(request.headers) ? ofHar(request) : ofEvent(request);
}

const RATHER = 'paste the headers, a blank line, and the body as it arrived';
const utf8 = new TextEncoder();

function ofHar({ method, url, headers, postData }) {
  if (postData && typeof postData.text !== 'string') throw new Error('the HAR file does not hold the text of the body');
  // Those of HTTP/2 stand for method and URL.
  const pairs = headers.map(({ name, value }) => [String(name), String(value)]).filter(([name]) => !name.startsWith(':'));
  return { method, url, headers: pairs, body: utf8.encode(postData?.text ?? ''), note: 'read from a HAR file' };
}

/** Of the two forms of Lambda's event only the newer one has the address as it was called. */
function ofEvent({ httpMethod, method, requestContext, rawPath, rawQueryString, headers, multiValueHeaders, body, isBase64Encoded }) {
  if (body && typeof body !== 'string') throw new Error('the body in this JSON was parsed already, so its bytes are lost: log it as text, before anything parses it');
  const pairs = Object.entries(multiValueHeaders ?? headers).flatMap(([name, values]) => [values].flat().map((value) => [name, String(value)]));
  const host = pairs.find(([name]) => name.toLowerCase() === 'host')?.[1] ?? requestContext?.domainName;
  const url = rawPath && host ? `https://${host}${rawPath}${rawQueryString ? `?${rawQueryString}` : ''}` : undefined;
  const note = `read from JSON with headers and body${url ? '' : ', without the URL (you can give it under More)'}`;
  return { method: httpMethod ?? requestContext?.http?.method ?? method ?? 'POST', url, headers: pairs, body: isBase64Encoded ? decoded(body) : utf8.encode(body ?? ''), note };
}

function decoded(base64) {
  try {
    return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
  } catch {
    throw new Error('isBase64Encoded is true, and the body is no base64');
  }
}
