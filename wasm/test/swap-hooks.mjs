const PACKAGE = new URL('../package.json', import.meta.url).href;

export function resolve(specifier, context, next) {
  if (!/^countermark(\/|$)/.test(specifier)) return next(specifier, context);
  return next(specifier.replace('countermark', '@countermark/wasm'), { ...context, parentURL: PACKAGE });
}
