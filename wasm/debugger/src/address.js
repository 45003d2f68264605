// Whether a URL is whole: of some schemes all of it is signed, and a request is sent to nothing less.

/** `https:///hook` is one without a host, though a browser would take `hook` for it. */
export const isWhole = (url) => /^https?:\/\/[^/?#\\]/i.test(url) && URL.canParse(url);
