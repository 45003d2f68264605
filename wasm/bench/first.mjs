import { SignedQueryVerifier } from '@countermark/wasm';

export default {
  fetch() {
    const verifier = new SignedQueryVerifier({ profile: 'legacy-onelogin', keys: [{ id: '1', secret: 'a secret of at least 20 bytes' }] });
    return new Response(verifier.tryVerify('firstname=a').code);
  },
};
