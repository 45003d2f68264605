// Webhooks in AWS Lambda, behind an API Gateway (payload 1.0 and 2.0), a function URL or a load balancer:
// `export const handler = webhook(options, handle)`.
import { WebhookReceiver, collect } from './receiver.mjs';

export function webhook(options, handler) {
  const receiver = new WebhookReceiver(options);
  return async (event, context) => {
    const request = {
      method: event.requestContext?.http?.method ?? event.httpMethod,
      // Payload 1.0 has taken the query apart, so schemes that sign it need payload 2.0.
      target: event.rawPath === undefined ? undefined : event.rawPath + (event.rawQueryString ? `?${event.rawQueryString}` : ''),
      headers: event.multiValueHeaders ?? event.headers ?? {},
    };
    const body = Buffer.from(event.body ?? '', event.isBase64Encoded ? 'base64' : 'utf8');
    let own;
    const answer = await receiver.receive(request, collect([body], receiver.maxBodyBytes), async (webhook) => {
      own = await handler(webhook, event, context);
      return own?.statusCode;
    });
    if (!answer) return own;
    return { statusCode: answer.status, headers: answer.headers, body: Buffer.from(answer.body).toString('base64'), isBase64Encoded: true };
  };
}
