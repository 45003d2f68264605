// Webhooks in AWS Lambda, behind an API Gateway (payload 1.0 and 2.0), a function URL or a load balancer:
// `export const handler = webhook(options, handle)`.
import { WebhookReceiver, collect, orThrown } from './receiver.mjs';

export function webhook(options, handler) {
  const receiver = new WebhookReceiver(options);
  return async (event, context) => {
    const request = {
      method: event.requestContext?.http?.method ?? event.httpMethod,
      target: targetOf(event),
      headers: event.multiValueHeaders ?? event.headers ?? {},
    };
    const body = Buffer.from(event.body ?? '', event.isBase64Encoded ? 'base64' : 'utf8');
    let own;
    const answer = await receiver.receive(request, collect([body], receiver.maxBodyBytes), async (webhook) => {
      own = orThrown(await handler(webhook, event, context));
      return own?.statusCode;
    });
    return answer ? answerOf(event, answer) : own;
  };
}

/** Path and query as they were sent, as far as the event tells. */
function targetOf({ rawPath, rawQueryString, path, requestContext, ...event }) {
  if (rawPath !== undefined) return rawPath + (rawQueryString ? `?${rawQueryString}` : '');
  if (path === undefined) return undefined;
  const isBalancer = Boolean(requestContext?.elb);
  // An API Gateway hands over the values as text, a load balancer as they stand in the address.
  const written = isBalancer ? (text) => text : encodeURIComponent;
  const fields = Object.entries(event.multiValueQueryStringParameters ?? event.queryStringParameters ?? {});
  const query = fields.flatMap(([name, values]) => [values].flat().map((value) => `${written(name)}=${written(value)}`)).join('&');
  // With its stage, which the path of an API Gateway does not have.
  const called = isBalancer ? path : (requestContext?.path ?? path);
  return called + (query ? `?${query}` : '');
}

/** Whatever we answer is text. An API Gateway of payload 1.0 would decode base64 for those types only that it is told of. */
function answerOf({ requestContext, multiValueHeaders }, { status, headers, body }) {
  return {
    statusCode: status,
    // A load balancer answers in the form in which it asks.
    ...(requestContext?.elb && multiValueHeaders
      ? { multiValueHeaders: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, [value]])) }
      : { headers }),
    body: Buffer.from(body).toString(),
    isBase64Encoded: false,
  };
}
