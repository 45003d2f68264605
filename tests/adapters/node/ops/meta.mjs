import { abiVersion, listErrors, listStates, version } from '../countermark.mjs';

export default {
  'meta.errors': () => ({
    errors: listErrors().map((row) => ({
      number: row.number,
      name: row.name,
      class: row.class,
      retryable: row.retryable,
      http_status: row.httpStatus,
    })),
  }),
  'meta.version': () => ({ version, abi: abiVersion }),
  'meta.states': () => ({ states: listStates() }),
};
