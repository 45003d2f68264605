// Lines that are no request of the protocol: each gets the same answer, and the adapter lives on.
const op = (fields) => JSON.stringify({ id: 1, ...fields });

export const HOSTILE = [
  '',
  'no JSON',
  'null',
  '7',
  '"text"',
  '[]',
  '{}',
  '{"id": 1',
  '{"id": 1} {"id": 2}',
  '['.repeat(10_000),
  op({}),
  op({ op: null }),
  op({ op: ['meta.errors'] }),
  op({ op: 'no.such' }),
  op({ op: 'META.ERRORS' }),
  op({ op: 'ident.normalize' }),
  op({ op: 'ident.normalize', secsignid: 7 }),
  op({ op: 'reply.parse', request: 'start', body_base64: '*' }),
  Buffer.from([0x22, 0xff, 0xfe, 0x22]),
].map((line) => Buffer.from(line));
