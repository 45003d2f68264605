// Random messages from a seed: the same seed gives the same messages on every machine.
import { createHash } from 'node:crypto';

const ALNUM = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
// Below U+E000, where the orders by code unit and by byte agree; no byte order mark, which some libraries drop (see defects.json).
const CHARACTERS = [
  ...ALNUM,
  ...' !"#$%&\'()*+,-./:;<=>?@[\\]^_`{|}~',
  ...'\t\r\n\0éßñ¿Ωжשع中文字한글☃€\u2028😀🔑',
];

export class Random {
  #state;

  constructor(seed) {
    const digest = createHash('sha256').update(seed).digest();
    this.#state = [0, 4, 8, 12].map((at) => digest.readUInt32LE(at));
  }

  /** The next 32 bits of the generator sfc32: small, even, and nothing here needs to be unpredictable. */
  #next() {
    const [a, b, c, counter] = this.#state;
    const out = (a + b + counter) | 0;
    this.#state = [b ^ (b >>> 9), (c + (c << 3)) | 0, (((c << 21) | (c >>> 11)) + out) | 0, (counter + 1) | 0];
    return out >>> 0;
  }

  bytes(length) {
    const out = Buffer.alloc(length + 4);
    for (let at = 0; at < length; at += 4) out.writeUInt32LE(this.#next(), at);
    return out.subarray(0, length);
  }

  /** An integer from `low` to `high`, both included. */
  int(low, high) {
    const number = (this.#next() & 0x1fffff) * 0x1_0000_0000 + this.#next();
    return low + (number % (high - low + 1));
  }

  chance(of) {
    return this.int(1, of) === 1;
  }

  pick(list) {
    return list[this.int(0, list.length - 1)];
  }

  alnum(low, high) {
    return Array.from({ length: this.int(low, high) }, () => this.pick(ALNUM)).join('');
  }

  characters(low, high) {
    return Array.from({ length: this.int(low, high) }, () => this.pick(CHARACTERS)).join('');
  }

  /** A secret as text; one in ten is not ASCII. */
  secret() {
    return this.alnum(24, 48) + (this.chance(10) ? 'é☃' : '');
  }

  /** A body of UTF-8 text: sometimes empty, sometimes 64 KiB. */
  text() {
    if (this.chance(20)) return Buffer.alloc(0);
    if (this.chance(100)) return Buffer.from(this.characters(1000, 1000).repeat(64));
    return Buffer.from(this.characters(1, 300));
  }

  /** A body of any bytes, most of them no UTF-8. */
  binary() {
    if (this.chance(20)) return Buffer.alloc(0);
    return this.bytes(this.chance(100) ? 65536 : this.int(1, 600));
  }

  /** A JSON object with the members of `fixed`, compact or pretty-printed, with and without escapes. */
  json(fixed = {}) {
    const value = { id: this.alnum(8, 20), text: this.characters(0, 120), count: this.int(-5, 1e9), flag: this.chance(2), ...fixed };
    if (this.chance(100)) value.large = this.characters(1000, 1000).repeat(30);
    let text = JSON.stringify(value, null, this.pick([0, 0, 2]));
    if (this.chance(3)) text = text.replace(/[^\0-\x7f]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`);
    return Buffer.from(text);
  }

  /** An address with a path and, often, a query, in the characters that need no escape. */
  url() {
    const port = this.chance(4) ? `:${this.int(1024, 65535)}` : '';
    const query = this.chance(2) ? `?${this.alnum(1, 8)}=${this.alnum(0, 12)}&${this.alnum(1, 8)}=${this.alnum(0, 12)}` : '';
    return `https://${this.alnum(3, 10).toLowerCase()}.example.com${port}/${this.alnum(1, 12)}/${this.alnum(1, 12)}${query}`;
  }

  /** A moment between 2021 and 2030, in milliseconds. */
  time() {
    return this.int(1_609_459_200_000, 1_893_456_000_000);
  }
}
