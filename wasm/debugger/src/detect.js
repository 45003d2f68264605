// Which scheme a request is of. The names of its headers leave few; a key that fits leaves one.

/** Most candidates that are tried with the key. */
const TRIED_MAX = 12;

/**
 * The scheme to show: `{scheme, candidates}`; `scheme` is undefined if the request has no sign of any.
 * @param inspect explains the request as one of a scheme
 */
export function detect(candidates, hasSecret, inspect) {
  if (candidates.length === 0 || !hasSecret) return { scheme: candidates[0]?.scheme, candidates };
  let best;
  for (const { scheme } of candidates.slice(0, TRIED_MAX)) {
    const rank = rankOf(inspect(scheme));
    if (!best || rank > best.rank) best = { scheme, rank };
    if (rank === VERIFIED) break;
  }
  return { scheme: best.scheme, candidates };
}

const VERIFIED = 3;

/** Verified; refused though the signature fits this scheme; anything else. */
function rankOf({ error, causes, checks }) {
  if (!error) return VERIFIED;
  if (checks.some(({ step, state }) => step === 'signature' && state === 'passed')) return 2;
  const signatureFits = causes.some(({ kind, certainty }) => certainty === 'proved' && FITS.test(kind));
  return signatureFits ? 1 : 0;
}

/** Causes that are found by a signature that matched under this scheme. */
const FITS = /^(body_(?!changed|too_large)|key_(?!unusable)|url_|method_|signature_other|signature_prefix|header_(joined|cgi)|timestamp_(seconds|milliseconds))/;
