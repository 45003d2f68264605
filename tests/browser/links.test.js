// Signed links: what the laboratory says of each, and what a visitor gets who opens it.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { Visitor, launch } from "./support/browser.js";
import { Demo } from "./support/demo.js";

let browser;
let demo;

before(async () => {
  [browser, demo] = await Promise.all([launch(), Demo.start()]);
});

after(async () => {
  await browser?.close();
  if (demo) {
    assert.equal(await demo.stop(), 0);
  }
});

const profiles = {
  onelogin: {
    good: "VERIFIED",
    expired: "TIMESTAMP_TOO_OLD",
    tampered: "SIGNATURE_MISMATCH",
    shifted: "PROFILE_MISMATCH",
    replayed: "REPLAYED",
  },
  "countermark-v1": {
    good: "VERIFIED",
    expired: "TIMESTAMP_TOO_OLD",
    tampered: "SIGNATURE_MISMATCH",
    shifted: "SIGNATURE_MISMATCH",
    replayed: "REPLAYED",
  },
};

for (const [profile, verdicts] of Object.entries(profiles)) {
  test(`${profile}: every link gets its verdict, and a visitor gets in by the good one only, once`, async () => {
    const visitor = await Visitor.open(browser, demo);
    await visitor.page.goto("/links");
    await visitor.page.getByRole("button", { name: "Make links" }).click();
    await visitor.page.getByRole("heading", { level: 2 }).first().waitFor();
    const addresses = {};
    for (const [id, verdict] of Object.entries(verdicts)) {
      const card = visitor.page.locator(`[id="${profile}-${id}"]`);
      assert.equal(await card.locator(".verdict").textContent(), `Verifier says: ${verdict}`, id);
      const link = card.getByRole("link", { name: "Open this link" });
      addresses[id] = new URL(await link.getAttribute("href"), demo.site).href;
      // What is shown is what is opened.
      assert.ok(addresses[id].endsWith(`?${await card.locator(".query").textContent()}`), id);
    }

    for (const id of ["expired", "tampered", "shifted", "replayed"]) {
      const reply = await visitor.page.goto(addresses[id]);
      assert.equal(reply.status(), 401, id);
      await visitor.heading().getByText("This link cannot sign you in").waitFor();
      assert.doesNotMatch(await visitor.page.getByRole("main").textContent(), /signature|time|used up|mismatch/i);
    }
    visitor.expectRefusal(401);

    const before = await visitor.cookie("countermark_visitor");
    const referrers = [];
    visitor.page.on("request", (request) => referrers.push(request.headers().referer));
    await visitor.page.goto("/links");
    await visitor.page.locator(`[id="${profile}-good"]`).getByRole("link", { name: "Open this link" }).click();
    await visitor.heading().getByText("Welcome, Ann Lee").waitFor();
    assert.equal(visitor.page.url(), new URL("/members", demo.site).href, "the person's data must leave the address");
    assert.notEqual((await visitor.cookie("countermark_visitor")).value, before.value);
    assert.deepEqual(referrers.filter(Boolean), []);

    const other = await Visitor.open(browser, demo);
    assert.equal((await other.page.goto(addresses.good)).status(), 401, "a link opens once");
    other.expectRefusal(401);
    await other.close();
    await visitor.close();
  });
}

test("without JavaScript the laboratory works, too", async () => {
  const visitor = await Visitor.open(browser, demo, { javaScriptEnabled: false });
  await visitor.page.goto("/links");
  await visitor.page.getByRole("button", { name: "Make links" }).click();
  await visitor.page.getByRole("link", { name: /countermark-v1, Good/ }).click();
  await visitor.heading().getByText("Welcome, Ann Lee").waitFor();
  await visitor.close();
});
