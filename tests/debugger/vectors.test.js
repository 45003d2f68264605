// The vectors of `inspect/`, in WebAssembly: what the debugger asks.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import "../../wasm/full/file.mjs";
import { WebhookInspector, candidateSchemes, detectScheme, readSavedRequest } from "../../wasm/full/inspect.mjs";

const { testGroups } = JSON.parse(readFileSync(new URL("../vectors/inspect/webhook.json", import.meta.url), "utf8"));

const base64 = (bytes) => Buffer.from(bytes).toString("base64");
const bytes = (text) => Buffer.from(text, "base64");
const parts = (list) => list.map((part) => ({ name: part.name, base64: base64(part.bytes) }));
const present = (object) => JSON.parse(JSON.stringify(object));

const OPS = {
  "webhook.read_saved": ({ saved_base64 }) => {
    const { body, ...saved } = readSavedRequest(bytes(saved_base64));
    return { ...saved, body_base64: base64(body) };
  },
  "webhook.candidates": ({ body_base64, ...request }) => ({
    candidates: candidateSchemes(request, bytes(body_base64)).map(({ scheme, isWhole, seen }) => ({ scheme, whole: isWhole, seen })),
  }),
  "webhook.detect": ({ keys, now_ms, body_base64, ...request }) => ({ scheme: detectScheme(keys, request, bytes(body_base64), now_ms) }),
  "webhook.inspect": ({ scheme, keys, now_ms, body_base64, ...request }) => {
    const { content } = new WebhookInspector({ scheme, keys }).inspect(request, bytes(body_base64), now_ms);
    if (!content) return {};
    const { received, signed, differences } = content;
    return { received: parts(received), signed: parts(signed), differences: differences.map((one) => [...one.received, ...one.signed]) };
  },
};

for (const group of testGroups) {
  test(group.description, () => {
    for (const { tcId, comment, request, result, ok, error } of group.tests) {
      const { op, ...fields } = { ...group.request, ...request };
      const ask = () => present(OPS[op](fields));
      if (result === "valid") assert.deepEqual(ask(), ok, `tcId ${tcId}: ${comment}`);
      else assert.throws(ask, { code: `CM_${error}` }, `tcId ${tcId}: ${comment}`);
    }
  });
}

test("what an explanation says is said by the inspector, too", () => {
  const { error, causes, checks, keyId, complete } = new WebhookInspector({ scheme: "github", keys: [{ id: "k", secret: "s" }] }).inspect({ headers: [] }, "{}", 0);
  assert.deepEqual([error, causes[0].kind, keyId, complete, checks.length], ["CM_MISSING_HEADER", "header_missing", "", true, 7]);
});
