// Prints what a crate makes public, from rustdoc's JSON: a line for each item, each field, and each trait that is implemented.
import { readFileSync } from 'node:fs';

const { root, index } = JSON.parse(readFileSync(process.argv[2], 'utf8'));
// Each with the path of what it says something about.
const lines = new Map();
const print = (name, line) => lines.set(line, name);

const list = (values, show) => values.map(show).join(', ');
const angle = (text) => (text ? `<${text}>` : '');

function args(given) {
  if (!given) return '';
  if (given.parenthesized) return `(${list(given.parenthesized.inputs, type)})${returns(given.parenthesized.output)}`;
  const { args: own, constraints } = given.angle_bracketed;
  const argument = (one) => one.lifetime ?? (one.type ? type(one.type) : (one.const?.expr ?? '_'));
  const constraint = ({ name, args: inner, binding }) =>
    `${name}${args(inner)}${binding.equality ? ` = ${type(binding.equality.type)}` : `: ${bounds(binding.constraint)}`}`;
  return angle([...own.map(argument), ...constraints.map(constraint)].join(', '));
}

const path = (named) => `${named.path ?? named.name}${args(named.args)}`;
const forAll = (params) => (params?.length ? `for<${list(params, ({ name }) => name)}> ` : '');
const returns = (output) => (output ? ` -> ${type(output)}` : '');

const bound = (one) => {
  if (one.outlives) return one.outlives;
  if (one.use) return `use<${list(one.use, (captured) => (typeof captured === 'string' ? captured : Object.values(captured)[0]))}>`;
  return `${one.trait_bound.modifier === 'maybe' ? '?' : ''}${forAll(one.trait_bound.generic_params)}${path(one.trait_bound.trait)}`;
};
const bounds = (all) => all.map(bound).join(' + ');

const TYPES = {
  resolved_path: path,
  generic: (name) => name,
  primitive: (name) => (name === 'never' ? '!' : name),
  tuple: (members) => `(${list(members, type)})`,
  slice: (member) => `[${type(member)}]`,
  array: ({ type: member, len }) => `[${type(member)}; ${len}]`,
  impl_trait: (all) => `impl ${bounds(all)}`,
  dyn_trait: ({ traits, lifetime }) =>
    `dyn ${[...traits.map(({ trait, generic_params }) => forAll(generic_params) + path(trait)), ...(lifetime ? [lifetime] : [])].join(' + ')}`,
  borrowed_ref: ({ lifetime, is_mutable, type: to }) => `&${lifetime ? `${lifetime} ` : ''}${is_mutable ? 'mut ' : ''}${type(to)}`,
  raw_pointer: ({ is_mutable, type: to }) => `*${is_mutable ? 'mut' : 'const'} ${type(to)}`,
  qualified_path: ({ name, args: own, self_type, trait }) => `<${type(self_type)}${trait?.path ? ` as ${path(trait)}` : ''}>::${name}${args(own)}`,
  function_pointer: ({ sig, generic_params }) => `${forAll(generic_params)}fn(${list(sig.inputs, ([, input]) => type(input))})${returns(sig.output)}`,
};

function type(value) {
  const [[kind, what]] = typeof value === 'string' ? [[value]] : Object.entries(value);
  if (!TYPES[kind]) throw new Error(`rustdoc has a kind of type that is not known here: ${kind}`);
  return TYPES[kind](what);
}

function generics({ params, where_predicates }) {
  const shown = params.filter(({ kind }) => !kind.type?.is_synthetic);
  const parameter = ({ name, kind }) => {
    if (kind.lifetime) return name;
    if (kind.const) return `const ${name}: ${type(kind.const.type)}`;
    return `${name}${kind.type.bounds.length ? `: ${bounds(kind.type.bounds)}` : ''}${kind.type.default ? ` = ${type(kind.type.default)}` : ''}`;
  };
  const predicate = (one) =>
    one.bound_predicate
      ? `${forAll(one.bound_predicate.generic_params)}${type(one.bound_predicate.type)}: ${bounds(one.bound_predicate.bounds)}`
      : `${one.lifetime_predicate.lifetime}: ${list(one.lifetime_predicate.outlives, (name) => name)}`;
  return [angle(list(shown, parameter)), where_predicates.length ? ` where ${list(where_predicates, predicate)}` : ''];
}

function signature({ sig, generics: own, header }) {
  const [params, where] = generics(own);
  const words = `${header.is_const ? 'const ' : ''}${header.is_async ? 'async ' : ''}${header.is_unsafe ? 'unsafe ' : ''}fn`;
  const self = (input) => ({ Self: 'self', '&Self': '&self', '&mut Self': '&mut self' })[input] ?? `self: ${input}`;
  const input = ([name, given]) => (name === 'self' ? self(type(given)) : `${name}: ${type(given)}`);
  return (name) => `${words} ${name}${params}(${list(sig.inputs, input)})${returns(sig.output)}${where}`;
}

const hasAttribute = (item, name) => item.attrs.some((attribute) => JSON.stringify(attribute).includes(name));
const isOpen = (item) => (hasAttribute(item, 'non_exhaustive') ? '#[non_exhaustive] ' : '');

/** The fields that can be named; what is left out cannot be built from outside. */
function fields(name, ids) {
  for (const id of ids) {
    const field = id === null ? undefined : index[id];
    if (field) print(`${name}.${field.name}`, `${name}.${field.name}: ${type(field.inner.struct_field)}`);
  }
}

function implementations(name, ids) {
  for (const id of ids) {
    const own = index[id].inner.impl;
    if (own.blanket_impl || own.is_synthetic) continue;
    const [params, where] = generics(own.generics);
    if (own.trait) print(name, `impl${params} ${path(own.trait)} for ${type(own.for)}${where}   [${name}]`);
    else for (const item of own.items) show(index[item], name);
  }
}

const shapes = ({ kind }) => (kind === 'plain' || kind === 'unit' ? [] : (kind.tuple ?? (kind.plain ?? kind.struct).fields));

const ITEMS = {
  module(item, name) {
    for (const id of item.inner.module.items) show(index[id], name);
  },
  use(item, parent) {
    const { id, is_glob: isGlob, name, source } = item.inner.use;
    const target = index[id];
    if (!target) print(`${parent}::${name}`, `use ${parent}::${name} = ${source}`);
    else if (isGlob) ITEMS.module(target, parent);
    else show({ ...target, name }, parent);
  },
  struct(item, name) {
    const { kind, generics: own, impls } = item.inner.struct;
    print(name, `${isOpen(item)}struct ${name}${generics(own).join('')}`);
    fields(name, shapes({ kind }));
    implementations(name, impls);
  },
  enum(item, name) {
    const { generics: own, variants, impls } = item.inner.enum;
    print(name, `${isOpen(item)}enum ${name}${generics(own).join('')}`);
    for (const id of variants) {
      const variant = index[id];
      const { kind, discriminant } = variant.inner.variant;
      print(`${name}::${variant.name}`, `${isOpen(variant)}${name}::${variant.name}${discriminant ? ` = ${discriminant.expr}` : ''}`);
      fields(`${name}::${variant.name}`, shapes({ kind }));
    }
    implementations(name, impls);
  },
  trait(item, name) {
    const { generics: own, bounds: all, items } = item.inner.trait;
    const [params, where] = generics(own);
    print(name, `trait ${name}${params}${all.length ? `: ${bounds(all)}` : ''}${where}`);
    for (const id of items) show(index[id], name);
  },
  function(item, name) {
    const { has_body: isProvided } = item.inner.function;
    print(name, signature(item.inner.function)(name) + (isProvided ? '' : ';'));
  },
  type_alias(item, name) {
    print(name, `type ${name}${generics(item.inner.type_alias.generics).join('')} = ${type(item.inner.type_alias.type)}`);
  },
  constant(item, name) {
    const { type: of, const: value } = item.inner.constant;
    print(name, `const ${name}: ${type(of)} = ${value.value ?? value.expr}`);
  },
  static(item, name) {
    print(name, `static ${name}: ${type(item.inner.static.type)}`);
  },
  assoc_const(item, name) {
    print(name, `const ${name}: ${type(item.inner.assoc_const.type)}`);
  },
  assoc_type(item, name) {
    const { bounds: all, type: of } = item.inner.assoc_type;
    print(name, `type ${name}${all.length ? `: ${bounds(all)}` : ''}${of ? ` = ${type(of)}` : ''}`);
  },
};

function show(item, parent) {
  const [[kind]] = Object.entries(item.inner);
  if (!ITEMS[kind]) throw new Error(`rustdoc has a kind of item that is not known here: ${kind}`);
  ITEMS[kind](item, kind === 'use' ? parent : `${parent}::${item.name}`);
}

ITEMS.module(index[root], index[root].name);
// In the order of their paths: that of rustdoc is not always the same. What a type implements comes after what it is.
const keys = [...lines].map(([line, name]) => [`${name} ${line.startsWith('impl') ? 1 : 0} ${line}`, line]);
process.stdout.write(`${keys.sort(([a], [b]) => (a < b ? -1 : 1)).map(([, line]) => line).join('\n')}\n`);
