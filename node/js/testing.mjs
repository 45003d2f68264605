// For the tests of programs that use this package: valid signatures, and an ID server.
import { SignedQuerySigner, WebhookSigner } from './sign.mjs';

/** A webhook as its sender would send it: `{ method, url, headers, body }`, for `fetch` or an injected request. */
export function signWebhook({ scheme, spec, secret, encoding, url, method = 'POST', headers = [], body = '', messageId, nowMs }) {
  const signer = new WebhookSigner({ scheme, spec, keys: [{ id: 'testing', secret, encoding }] });
  const signed = signer.sign({ method, url, headers }, body, { messageId, nowMs });
  const target = signed.url ?? url;
  return {
    method,
    url: signed.query === undefined || target === undefined ? target : `${target.split('?')[0]}?${signed.query}`,
    headers: [...headers, ...signed.headers],
    body: signed.body ?? body,
  };
}

/** A signed query, without a `?`. */
export function signQuery({ profile, secret, keyId = 'testing', tenant, audience, fields, nowMs }) {
  return new SignedQuerySigner({ profile, key: { id: keyId, secret, tenant }, audience }).sign(fields, { nowMs });
}

/**
 * Starts `countermark id-server`, which speaks the AuthSession protocol and shows the phone in a browser.
 * @param options `command`: the program; default `COUNTERMARK`, or `countermark` of the path. `args`: such as `['--id', 'alice']`
 */
export async function startIdServer({ command = process.env.COUNTERMARK ?? 'countermark', args = [] } = {}) {
  // Here, so that the signers above work where there are no processes.
  const [{ spawn }, { once }, { createInterface }] = await Promise.all([
    import('node:child_process'),
    import('node:events'),
    import('node:readline'),
  ]);
  const child = spawn(command, ['id-server', ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
  const failed = once(child, 'error').then(([error]) => Promise.reject(error));
  const ended = once(child, 'exit');
  const lines = createInterface({ input: child.stdout });
  const first = await Promise.race([once(lines, 'line'), failed, ended]);
  lines.resume();
  if (child.exitCode !== null) throw new Error(`${command} id-server ended with ${child.exitCode}`);
  const { server, phone, control, token } = JSON.parse(first[0]);
  return {
    server,
    phone,
    /** Sends a command to the control API, such as `('PUT', 'plan', { steps: ['approve'] })`. */
    async control(method, path, body) {
      const reply = await fetch(new URL(path, control), {
        method,
        headers: { authorization: `Bearer ${token}`, ...(body && { 'content-type': 'application/json' }) },
        body: body && JSON.stringify(body),
      });
      if (!reply.ok) throw new Error(`${method} ${path}: ${reply.status} ${await reply.text()}`);
      return reply.json();
    },
    async stop() {
      child.kill();
      await ended;
    },
  };
}
