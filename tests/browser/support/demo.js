// Starts `countermark demo`, and speaks to the control API of its ID server.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const binary =
  process.env.COUNTERMARK_BIN ?? fileURLToPath(new URL("../../../target/debug/countermark", import.meta.url));

export class Demo {
  static async start(...options) {
    if (!existsSync(binary)) {
      throw new Error(`${binary} is missing: build it with "cargo build -p countermark-cli", or set COUNTERMARK_BIN`);
    }
    const child = spawn(binary, ["demo", "--json", "--port", "0", "--starts-per-minute", "1000", ...options], {
      stdio: ["ignore", "pipe", "pipe"],
    });
    const demo = new Demo(child);
    child.stderr.on("data", (text) => (demo.log += text));
    const lines = createInterface({ input: child.stdout });
    const ended = once(child, "exit").then(([code]) => {
      throw new Error(`countermark demo ended with ${code}: ${demo.log}`);
    });
    const [line] = await Promise.race([once(lines, "line"), ended]);
    ended.catch(() => {});
    Object.assign(demo, JSON.parse(line));
    return demo;
  }

  constructor(child) {
    this.child = child;
    this.log = "";
  }

  /** Asks it to stop as an operator does; gives its exit code. */
  async stop() {
    const ended = once(this.child, "exit");
    this.child.kill("SIGTERM");
    const [code] = await ended;
    return code;
  }

  get hosts() {
    return new Set([this.site, this.id_server.phone].map((url) => new URL(url).host));
  }

  async control(method, path, body) {
    const reply = await fetch(new URL(path, this.id_server.control), {
      method,
      headers: { authorization: `Bearer ${this.id_server.token}`, "content-type": "application/json" },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    if (!reply.ok) {
      throw new Error(`${method} ${path}: ${reply.status} ${await reply.text()}`);
    }
    return reply.json();
  }

  /** The sessions that the ID server holds for an ID, the newest first. */
  sessions(id) {
    return this.control("GET", `sessions?secsignid=${id}`);
  }

  /** Lets time pass at the ID server. */
  advance(milliseconds) {
    return this.control("POST", "clock", { advance_ms: milliseconds });
  }

  /** What the ID server was asked for so far, such as `ReqRequestAuthSession` for an ID. */
  async requests(kind, id) {
    const entries = await this.control("GET", "transcript");
    return entries.filter((entry) => {
      const fields = new URLSearchParams(entry.body.text ?? entry.body);
      return fields.get("request") === kind && fields.get("secsignid") === id;
    });
  }
}
