// A page measures itself.
import { repeat } from './rows.mjs';

globalThis.time = async (size, name, calls) => {
  const start = performance.now();
  await repeat(size, name, calls);
  return performance.now() - start;
};
