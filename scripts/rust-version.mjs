// Fails where a package of the workspace claims to build with a Rust that is too old for what it depends on.
import { execFileSync } from 'node:child_process';

const { packages, resolve, workspace_members: members } = JSON.parse(
  execFileSync('cargo', ['metadata', '--locked', '--format-version', '1', '--all-features'], { encoding: 'utf8', maxBuffer: 1 << 28 }),
);
const byId = new Map(packages.map((one) => [one.id, one]));
const dependencies = new Map(resolve.nodes.map(({ id, deps }) => [id, deps.filter(({ dep_kinds: kinds }) => kinds.some(({ kind }) => kind !== 'dev'))]));
const compare = (a, b) => {
  const [left, right] = [a, b].map((version) => version.split('.').map(Number));
  return left[0] - right[0] || left[1] - right[1];
};

let wrong = 0;
for (const member of members) {
  const reached = new Set([member]);
  for (const id of reached) for (const { pkg } of dependencies.get(id)) reached.add(pkg);
  const { name, rust_version: claimed } = byId.get(member);
  for (const id of reached) {
    const { name: other, version, rust_version: needed } = byId.get(id);
    if (!needed || compare(needed, claimed) <= 0) continue;
    console.error(`${name} claims Rust ${claimed}, but ${other} ${version} needs ${needed}`);
    wrong++;
  }
}
process.exit(wrong > 0 ? 1 : 0);
