// The demo against what every login site must stand.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { Visitor, attacks } from "./support/attacks.js";
import { Demo } from "./support/demo.js";

let demo;

before(async () => {
  demo = await Demo.start();
});

after(() => demo?.stop());

attacks(test, () => ({ site: demo.site, control: demo.control.bind(demo) }));

test("who asks for another ID, or signs out, leaves no phone ringing", async () => {
  const visitor = new Visitor(demo.site);
  const state = async (id) => (await demo.sessions(id))[0].state_name;
  await visitor.begin("/", "first");
  const { text } = await visitor.begin("/", "second");
  assert.deepEqual([await state("first"), await state("second")], ["CANCELED", "PENDING"]);
  const [, csrf] = /name="csrf" value="(\w+)"/.exec(text);
  await visitor.send({ to: "/logout", fields: { csrf } });
  assert.equal(await state("second"), "CANCELED");
});
