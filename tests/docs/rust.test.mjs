// The Rust of the front page, and the login and the signature of the crate's own page, as they stand there, in a program that links the crate
// as their reader's does. The other pieces of the crate's page are doctests.
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';

process.chdir(fileURLToPath(new URL('../..', import.meta.url)));
const secret = 'a secret of at least twenty characters';

/** The only piece of a page that is marked so and names this, without the signs that hide lines in the crate's documentation. */
function piece(page, mark, names = '') {
  const pieces = readFileSync(page, 'utf8').split(`\n\`\`\`${mark}\n`).slice(1).map((text) => text.split('\n```')[0]).filter((text) => text.includes(names));
  assert.equal(pieces.length, 1, `${page} ${mark}`);
  return pieces[0].replace(/^# /gm, '');
}

/** A callback of the vectors, whose signature is over the hash of its request by the key of its certificate. */
const signed = (() => {
  const { testGroups } = JSON.parse(readFileSync('tests/vectors/securesign.json', 'utf8'));
  const { request, tests } = testGroups.find(({ request }) => request.op === 'securesign.callback');
  const [{ request_id: id, hash_base64: hash }] = request.pending;
  const bytes = (base64) => JSON.stringify([...Buffer.from(base64, 'base64')]);
  return { id, hash: bytes(hash), certificate: bytes(request.certificate_base64), query: tests[0].request.queries[0] };
})();

const program = `
use countermark::facade::{ReplayMemory, WebhookConfig, WebhookHeader, WebhookKey, WebhookRequest, WebhookVerifier, webhook_keep_until_ms};

${piece('core/README.md', 'rust,no_run', 'LoginConfig').replace('#[cfg(feature = "http")]\n', '')}

mod signing {
    ${piece('core/README.md', 'rust,no_run', 'SecureSign').replace('#[cfg(feature = "http")]\n', 'pub ')}
}

fn sign(change: u8) -> impl Future<Output = countermark::Result<()>> {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_millis() as i64;
    let mut hash = vec!${signed.hash};
    hash[0] ^= change;
    signing::example(hash, "${signed.id}".into(), "${signed.query}", &${signed.certificate}, now)
}

fn handle(body: &[u8]) { println!("handled {}", String::from_utf8_lossy(body)); }

fn receive(used: &ReplayMemory, signature: &str, body: &[u8], now_ms: i64) -> Result<(), Box<dyn std::error::Error>> {
    let header = WebhookHeader { name: "X-Hub-Signature-256", value: signature.as_bytes() };
    let request = WebhookRequest { headers: &[header], ..WebhookRequest::default() };
    ${piece('README.md', 'rust')}
    Ok(())
}

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    if let [_, signature, body, forged] = &arguments[..] {
        let used = ReplayMemory::new(None).unwrap();
        for body in [body, body, forged] {
            if let Err(error) = receive(&used, signature, body.as_bytes(), 1_700_000_000_000) { println!("{error}"); }
        }
    } else {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let done = match arguments.get(1) {
            Some(change) => runtime.block_on(sign(change.parse().unwrap())),
            None => runtime.block_on(example()),
        };
        println!("{:?}", done.map_err(|error| error.code().name()));
    }
}
`;

// What the suite of the core has built is linked: it takes a second, and a crate of its own would compile the HTTP client once more.
const artifacts = execFileSync('cargo', ['test', '--quiet', '--locked', '--no-run', '--message-format=json', '-p', 'countermark', '--all-features'], { encoding: 'utf8', maxBuffer: 1e8, stdio: ['ignore', 'pipe', 'inherit'] })
  .trim().split('\n').map((line) => JSON.parse(line));
const library = (name) => {
  const found = artifacts.filter(({ reason, target, profile }) => reason === 'compiler-artifact' && target.name === name && target.kind.includes('lib') && !profile.test);
  assert.equal(found.length, 1, name);
  return ['--extern', `${name}=${found[0].filenames.find((file) => file.endsWith('.rlib'))}`];
};
const folder = mkdtempSync(join(tmpdir(), 'countermark-readme-'));
after(() => rmSync(folder, { recursive: true }));
writeFileSync(join(folder, 'readme.rs'), program);
const options = ['--edition', '2024', '--deny', 'warnings', '-L', 'dependency=target/debug/deps'];
execFileSync('rustc', [...options, ...library('countermark'), ...library('tokio'), '-o', join(folder, 'readme'), join(folder, 'readme.rs')], { stdio: 'inherit' });
const run = (args, more) => execFileSync(join(folder, 'readme'), args, { encoding: 'utf8', env: { ...process.env, ...more }, timeout: 60_000 });

test('the webhook of the front page', () => {
  const signature = `sha256=${createHmac('sha256', secret).update('{}').digest('hex')}`;
  const [handled, replayed, forged, ...rest] = run([signature, '{}', '{ }'], { GITHUB_SECRET: secret }).trim().split('\n');
  assert.equal(handled, 'handled {}');
  assert.match(replayed, /used/);
  assert.match(forged, /signature/);
  assert.deepEqual(rest, []);
});

async function idServer(t, ...options) {
  const server = spawn(process.env.COUNTERMARK_BIN ?? 'target/debug/countermark', ['id-server', ...options], { stdio: ['ignore', 'pipe', 'inherit'] });
  t.after(() => server.kill());
  const { value: line } = await createInterface({ input: server.stdout })[Symbol.asyncIterator]().next();
  return JSON.parse(line).server;
}

for (const [decision, answer] of [['approve', 'Ok(())'], ['deny', 'Err("LOGIN_DENIED")']]) {
  test(`the login of the crate's page: ${decision}`, async (t) => {
    assert.equal(run([], { ID_SERVER: await idServer(t, `--${decision}-after`, '0') }), `${answer}\n`);
  });
}

test("the signature of the crate's page", async (t) => {
  const server = await idServer(t, '--securesign-origin', 'https://shop.example', '--securesign-tenant', 'org_9f2a');
  const env = { SECURESIGN_URL: `${server}v1`, SECURESIGN_KEY: 'ss_test_emulator' };
  assert.equal(run(['0'], env), 'Ok(())\n');
  assert.equal(run(['1'], env), 'Err("UNVERIFIED")\n');
});
