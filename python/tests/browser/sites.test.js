// The example sites, as people use them: uvicorn and gunicorn, the ID-server emulator, and one browser for visitor and phone each.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { after, before, describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { attacks } from "../../../tests/browser/support/attacks.js";
import { Phone, Visitor, launch, press } from "../../../tests/browser/support/browser.js";
import { freePort } from "../../../tests/free-port.mjs";

const path = (relative) => fileURLToPath(new URL(relative, import.meta.url));
const COMMAND = process.env.COUNTERMARK ?? path("../../../target/debug/countermark");
const PYTHON = path("../../.venv/bin/python");

let browser;
before(async () => {
  for (const needed of [COMMAND, PYTHON]) {
    assert.ok(existsSync(needed), `${needed} is missing: see scripts/test-python`);
  }
  browser = await launch();
});
after(() => browser?.close());

const SITES = {
  FastAPI: (port) => ["uvicorn", "--host", "127.0.0.1", "--port", `${port}`, "--log-level", "warning", "fastapi_site:app"],
  Django: (port) => ["gunicorn", "--bind", `127.0.0.1:${port}`, "--threads", "4", "--log-level", "warning", "django_site:app"],
};

for (const [name, server] of Object.entries(SITES)) {
  describe(name, () => {
    let demo;
    let folder;
    let log = "";
    const processes = [];

    before(async () => {
      folder = mkdtempSync(join(tmpdir(), "countermark-site-"));
      const emulator = spawn(COMMAND, ["id-server"], { stdio: ["ignore", "pipe", "inherit"] });
      const [line] = await once(createInterface({ input: emulator.stdout }), "line");
      const idServer = JSON.parse(line);
      const port = await freePort();
      const site = spawn(PYTHON, ["-m", ...server(port)], {
        cwd: path("../../examples"),
        env: {
          ...process.env,
          ID_SERVER: idServer.server.replace(/\/$/, ""),
          SITE_DATABASE: join(folder, "site.sqlite3"),
        },
        stdio: ["ignore", "inherit", "pipe"],
      });
      site.stderr.on("data", (text) => (log += text));
      processes.push(emulator, site);
      demo = {
        site: `http://127.0.0.1:${port}`,
        id_server: idServer,
        hosts: new Set([`127.0.0.1:${port}`, new URL(idServer.phone).host]),
        async control(method, to, body) {
          const headers = { authorization: `Bearer ${idServer.token}`, "content-type": "application/json" };
          const reply = await fetch(new URL(to, idServer.control), { method, headers, body: body && JSON.stringify(body) });
          assert.ok(reply.ok, `${method} ${to}: ${reply.status}`);
          return reply.json();
        },
      };
      while (!(await fetch(demo.site).catch(() => undefined))) {
        assert.equal(site.exitCode, null, log);
        await new Promise((done) => setTimeout(done, 50));
      }
    });

    after(async () => {
      for (const process of processes) {
        process.kill();
        await once(process, "exit");
      }
      rmSync(folder, { recursive: true });
    });

    attacks(test, () => demo);

    async function start(id, visitor) {
      visitor ??= await Visitor.open(browser, demo);
      await visitor.page.goto("/");
      await visitor.page.getByLabel("SecSign ID").fill(id);
      await press(visitor.page, visitor.page.getByRole("button", { name: "Log in" }));
      await visitor.heading().getByText("Check your phone").waitFor();
      return visitor;
    }

    test("a login through the phone page", async () => {
      const visitor = await start(" Alice");
      await visitor.page.getByText("Waiting for your phone").waitFor();
      const phone = await Phone.open(browser, demo, "alice");
      await phone.confirm(await visitor.pass());
      await visitor.heading().getByText("Hello alice").waitFor();
      assert.equal(new URL(visitor.page.url()).search, "", "nothing of the login in the address");
      for (const cookie of await visitor.context.cookies()) {
        if (cookie.name !== "csrftoken") assert.ok(cookie.httpOnly && cookie.sameSite !== "None", cookie.name);
      }
      await phone.close();
      await visitor.close();
    });

    test("a wrong symbol and a refusal let nobody in", async () => {
      for (const id of ["wrong", "deny"]) {
        const visitor = await start(id);
        const phone = await Phone.open(browser, demo, id);
        if (id === "deny") {
          await phone.deny();
        } else {
          await phone.load();
          await phone.tap((await phone.compare(await visitor.pass())).others[0]);
        }
        await visitor.page.getByRole("alert").getByText("denied").waitFor();
        await visitor.page.goto("/members");
        await visitor.page.getByLabel("SecSign ID").waitFor();
        await phone.close();
        await visitor.close();
      }
    });

    test("canceled: the request leaves the phone, and the ID can start again", async () => {
      const visitor = await start("cancel");
      await visitor.page.getByRole("button", { name: "Cancel" }).click();
      await visitor.page.getByLabel("SecSign ID").waitFor();
      const [session] = await demo.control("GET", "sessions?secsignid=cancel");
      assert.equal(session.state_name, "CANCELED");
      await start("cancel", visitor);
      await visitor.close();
    });

    test("the page and the log hold no handle", async () => {
      const visitor = await start("handles");
      const [session] = await demo.control("GET", "sessions?secsignid=handles");
      const html = await visitor.page.content();
      for (const secret of [session.requestid, session.authsessionid]) {
        assert.ok(!html.includes(secret) && !log.includes(secret));
      }
      await visitor.close();
    });
  });
}
