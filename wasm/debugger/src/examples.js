// Requests with one mistake each. They are signed here and now by the core, so their age is right.
import { rawRequest, sign } from './signing.js';

const SECRET = 'It is a secret to everybody';
const utf8 = new TextEncoder();

function example(title, parts, change = (raw) => raw) {
  const make = () => {
    const { secret = SECRET, body, scheme, shown = secret, detectIt = true, ...rest } = parts;
    const request = sign({ scheme, secret, method: 'POST', url: 'https://hooks.example.com/in', headers: [], body: utf8.encode(body), messageId: 'msg_2f81c0', ...rest });
    return { text: change(rawRequest(request)), secret: shown, scheme: detectIt ? '' : scheme };
  };
  return { title, make };
}

const PULL = '{"action": "opened", "number": 42, "pull_request": {"title": "Grüße", "draft": false}}';

export const EXAMPLES = [
  example('A JSON body that was parsed and written again', { scheme: 'github', body: PULL }, (raw) => {
    const [head, body] = raw.split('\n\n');
    return `${head}\n\n${JSON.stringify(JSON.parse(body))}`;
  }),
  example('A line break at the end of the body', { scheme: 'stripe', body: '{"id":"evt_1","object":"event","type":"charge.succeeded"}' }, (raw) => `${raw}\n`),
  example('A secret that was taken as text', {
    scheme: 'standard-webhooks',
    secret: 'whsec_bm90IHRoZSByZWFsIHNlY3JldCBvZiBhbnlib2R5',
    shown: 'not the real secret of anybody',
    body: '{"type":"user.created","data":{"id":7}}',
  }),
  example('A proxy that ends TLS', { scheme: 'twilio', headers: [['Content-Type', 'application/x-www-form-urlencoded']], body: 'From=%2B15550100&Body=Hello' }, (raw) =>
    raw.replace('POST /in ', 'POST http://hooks.example.com/in '),
  ),
  example('A request that is a day old', { scheme: 'slack', body: 'token=x&team_id=T1&command=%2Fweather', nowMs: Date.now() - 86_400_000 }),
  example('A header that came twice', { scheme: 'github', body: PULL }, (raw) => raw.replace('X-Hub-Signature-256:', 'X-Hub-Signature-256: sha256=00\nX-Hub-Signature-256:')),
  example('Nothing is wrong', { scheme: 'github', body: PULL }),
];
