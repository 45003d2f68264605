// The list for a site that another test has started: node --test against.js, with SITE, LOGIN_PAGE, CONTROL and CONTROL_TOKEN.
import assert from "node:assert/strict";
import { test } from "node:test";
import { attacks } from "./attacks.js";

const { SITE, LOGIN_PAGE, CONTROL, CONTROL_TOKEN } = process.env;

async function control(method, path, body) {
  const headers = { authorization: `Bearer ${CONTROL_TOKEN}`, "content-type": "application/json" };
  const reply = await fetch(new URL(path, CONTROL), { method, headers, body: body && JSON.stringify(body) });
  assert.ok(reply.ok, `${method} ${path}: ${reply.status}`);
  return reply.json();
}

// It only logs in: a site signs out as its cookie scheme does.
attacks(test, () => ({ site: SITE, control }), LOGIN_PAGE, { leaves: false });
