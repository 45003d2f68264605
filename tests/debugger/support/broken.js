// Requests with one mistake each, signed with Node's own crypto, and what the debugger must say about them.
import { createHmac } from "node:crypto";

const SECRET = "It is a secret to everybody";
const NOW = 1_700_000_000;
const hmac = (secret, text, encoding = "hex", hash = "sha256") => createHmac(hash, secret).update(text).digest(encoding);

const head = (headers, target = "/hook", end = "\n") => [`POST ${target} HTTP/1.1`, "Host: x.example", ...headers, "", ""].join(end);

const github = (signed, received, secret = SECRET) => head([`X-Hub-Signature-256: sha256=${hmac(secret, signed)}`]) + received;
const stripe = (signed, { at = NOW, received = signed, secret = SECRET } = {}) => head([`Stripe-Signature: t=${at},v1=${hmac(secret, `${at}.${signed}`)}`]) + received;
const twilio = (signedUrl, target, form = "A=1&B=2", host = "x.example") => {
  const text = signedUrl + form.split("&").sort().map((pair) => pair.replace("=", "")).join("");
  const headers = ["Content-Type: application/x-www-form-urlencoded", `X-Twilio-Signature: ${hmac(SECRET, text, "base64", "sha1")}`];
  return head(headers, target).replace("x.example", host) + form;
};
const STANDARD = Buffer.from("a real secret of 24 bytes").toString("base64");
const standard = (key, body, at = NOW) =>
  head(["webhook-id: msg_1", `webhook-timestamp: ${at}`, `webhook-signature: v1,${hmac(key, `msg_1.${at}.${body}`, "base64")}`]) + body;

const JSON_TEXT = '{"a":"ä/b","n":[1,2]}';
const now = NOW * 1000;

/** `kind` is that of the first cause; `added` and `missing` are marked in the signed bytes. */
export const BROKEN = [
  { name: "a JSON body written again with blanks", request: github('{"a":1,"b":2}', '{"a": 1, "b": 2}'), kind: "body_reserialized_spaced", added: [" ", " ", " "] },
  { name: "a JSON body written again without blanks", request: github('{"a": 1, "b": 2}', '{"a":1,"b":2}'), kind: "body_reserialized_compact", missing: [" ", " ", " "] },
  { name: "escapes that were decoded", request: github('{"a":"\\u00e4"}', '{"a":"ä"}'), kind: "body_unicode_unescaped", added: ["ä"], missing: ["\\u00e4"] },
  { name: "a line feed at the end", request: github(JSON_TEXT, `${JSON_TEXT}\n`), kind: "body_newline_added", added: ["␊"] },
  { name: "a line feed that was trimmed", request: github(`${JSON_TEXT}\n`, JSON_TEXT), kind: "body_newline_removed", missing: ["␊"] },
  { name: "a byte order mark", request: Buffer.from(github(JSON_TEXT, `\ufeff${JSON_TEXT}`)), kind: "body_bom_added", added: ["BOM"] },
  { name: "CR LF in place of LF", request: Buffer.from(github("a\nb\n", "a\r\nb\r\n")), kind: "body_crlf", added: ["␍", "␍"] },
  { name: "UTF-8 that was encoded twice", request: github("grün", "grÃ¼n"), kind: "body_double_encoded" },
  { name: "the base64 of a gateway", request: github(JSON_TEXT, Buffer.from(JSON_TEXT).toString("base64")), kind: "body_is_base64_of_signed" },
  { name: "a Buffer of Node as JSON", request: github(JSON_TEXT, JSON.stringify(Buffer.from(JSON_TEXT))), kind: "body_not_raw" },
  { name: "a file that curl -d sent", request: github('{\n  "a": 1\n}\n', '{  "a": 1}'), kind: "body_line_breaks_removed" },
  { name: "a form that became JSON", request: github("a=b+c", '{"a":"b c"}'), kind: "body_form_as_json" },
  { name: "a line of an environment as the secret", request: github("{}", "{}"), secret: `GITHUB_SECRET=${SECRET}`, kind: "key_named" },
  { name: "a whsec_ secret used as text", request: standard(Buffer.from(`whsec_${STANDARD}`), "{}"), secret: `whsec_${STANDARD}`, now, kind: "key_decoding", scheme: "standard-webhooks", facts: "utf8" },
  { name: "a secret with white space around it", request: github("{}", "{}"), secret: ` ${SECRET} `, kind: "key_whitespace" },
  { name: "a secret in quotes", request: github("{}", "{}"), secret: `"${SECRET}"`, kind: "key_quoted" },
  { name: "the secret of another endpoint", request: github(JSON_TEXT, JSON_TEXT), secret: "another secret of somebody", kind: undefined, scheme: "github" },
  { name: "another scheme of the same header", request: head([`X-Hub-Signature: sha256=${hmac(SECRET, "{}")}`, `X-Hub-Signature-256: sha256=${"0".repeat(64)}`]) + "{}", scheme: "github", kind: "other_scheme", facts: "bitbucket" },
  { name: "base64 where hex is due", request: head([`X-Hub-Signature-256: sha256=${hmac(SECRET, "{}", "base64")}`]) + "{}", scheme: "github", kind: "signature_other_encoding", facts: "base64" },
  { name: "SHA-1 where SHA-256 is due", request: head([`X-Hub-Signature-256: sha256=${hmac(SECRET, "{}", "hex", "sha1")}`]) + "{}", scheme: "github", kind: "signature_other_hash", facts: "sha1" },
  { name: "a signature that was cut off", request: head([`X-Hub-Signature-256: sha256=${hmac(SECRET, "{}").slice(0, 60)}`]) + "{}", scheme: "github", kind: "signature_truncated", certainty: "likely", facts: "4 characters" },
  { name: "http where the sender called https", request: twilio("https://x.example/h", "http://x.example/h"), kind: "url_scheme_http_https", missing: ["s"] },
  { name: "a slash at the end of the path", request: twilio("https://x.example/h", "/h/"), kind: "url_trailing_slash", added: ["/"] },
  { name: "the host of the inner network", request: twilio("https://public.example/h", "/h", "A=1", "inner.local\nX-Forwarded-Host: public.example"), kind: "url_host", facts: "X-Forwarded-Host" },
  { name: "a path that a proxy made shorter", request: twilio("https://x.example/api/h", "/h", "A=1", "x.example\nX-Forwarded-Prefix: /api"), kind: "url_path", facts: "X-Forwarded-Prefix" },
  { name: "milliseconds where seconds are due", request: standard(Buffer.from(STANDARD, "base64"), "{}", now), secret: `whsec_${STANDARD}`, now, kind: "timestamp_milliseconds" },
  { name: "a clock that is a day ahead", request: stripe("{}"), now: now + 86_400_000, kind: "clock_skew", facts: "1 day old", title: "The signature is good, its time is not" },
  { name: "a local time where UTC is meant", request: stripe("{}", { at: NOW - 7200 }), now, kind: "clock_skew", also: "clock_time_zone", title: "The signature is good, its time is not" },
  { name: "a header that came twice", request: github("{}", "{}").replace("X-Hub", `X-Hub-Signature-256: sha256=${"1".repeat(64)}\nX-Hub`), kind: "duplicate_header", facts: "2 copies" },
  { name: "a header that a proxy dropped", request: head(["webhook-id: msg_1", "webhook-signature: v1,AAAA"]) + "{}", scheme: "standard-webhooks", secret: `whsec_${STANDARD}`, kind: "header_missing", facts: "webhook-timestamp" },
  { name: "headers with the names of CGI", request: github("{}", "{}").replace("X-Hub-Signature-256", "HTTP_X_HUB_SIGNATURE_256"), scheme: "github", kind: "header_cgi_name", also: "header_missing" },
  { name: "a body of which a parser left an empty object", request: github('{"a":1}', "{}"), kind: "body_empty", certainty: "possible" },
  { name: "a body that somebody read before", request: github('{"a":1}', ""), kind: "body_empty", certainty: "likely" },
].map((one) => ({ secret: SECRET, ...one }));

/** Requests that nothing is wrong with; each scheme is to be detected. */
export const GOOD = [
  { name: "GitHub", request: github(JSON_TEXT, JSON_TEXT), detected: "GitHub" },
  { name: "Stripe", request: stripe(JSON_TEXT), now, detected: "Stripe" },
  { name: "Twilio", request: twilio("https://x.example/h?x=1", "/h?x=1"), detected: "Twilio" },
  { name: "Standard Webhooks", request: standard(Buffer.from(STANDARD, "base64"), JSON_TEXT), secret: `whsec_${STANDARD}`, now, detected: "Standard Webhooks" },
  { name: "in chunks", request: head([`X-Hub-Signature-256: sha256=${hmac(SECRET, JSON_TEXT)}`, "Transfer-Encoding: chunked"], "/hook", "\r\n") + `${Buffer.byteLength(JSON_TEXT).toString(16)}\r\n${JSON_TEXT}\r\n0\r\n\r\n`, detected: "GitHub" },
  { name: "a curl line", request: `curl -X POST https://x.example/hook -H 'X-Hub-Signature-256: sha256=${hmac(SECRET, '{"a":"it\'s"}')}' -d '{"a":"it'\\''s"}'`, detected: "GitHub" },
  { name: "pseudo headers", request: `:method: POST\n:authority: x.example\n:path: /\n:scheme: https\nx-hub-signature-256: sha256=${hmac(SECRET, "{}")}\n\n{}`, detected: "GitHub" },
].map((one) => ({ secret: SECRET, ...one }));
