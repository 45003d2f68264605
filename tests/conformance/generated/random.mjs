// Random numbers that a seed makes again: sfc32, by Chris Doty-Humphrey.
export class Random {
  #a = 0x9e3779b9;
  #b = 0x243f6a88;
  #c;
  #counter = 1;

  constructor(seed) {
    this.#c = seed >>> 0;
    for (let round = 0; round < 15; round++) this.#next();
  }

  #next() {
    const sum = (((this.#a + this.#b) | 0) + this.#counter) | 0;
    this.#counter = (this.#counter + 1) | 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) | 0;
    this.#c = (((this.#c << 21) | (this.#c >>> 11)) + sum) | 0;
    return sum >>> 0;
  }

  /** A whole number from 0 to below `bound`. */
  below(bound) {
    return Math.floor((this.#next() / 2 ** 32) * bound);
  }

  chance(probability) {
    return this.#next() < probability * 2 ** 32;
  }

  pick(list) {
    return list[this.below(list.length)];
  }

  /** One of `[value, weight]`. */
  weighted(pairs) {
    let left = this.below(pairs.reduce((sum, [, weight]) => sum + weight, 0));
    return pairs.find(([, weight]) => (left -= weight) < 0)[0];
  }

  bytes(length) {
    return Buffer.from(Array.from({ length }, () => this.below(256)));
  }
}
