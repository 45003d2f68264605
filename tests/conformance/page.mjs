// One page, readable at a glance and without a network: languages and groups of vectors.
const STYLE = `
:root { color-scheme: light dark; --ink: #1c2024; --soft: #5b6570; --paper: #fff; --line: #dde2e7; --good: #d9f2e1; --part: #fdf0c8; --bad: #ffd6d1; }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e8ebee; --soft: #9aa5b1; --paper: #15181b; --line: #31383f; --good: #163d27; --part: #463a10; --bad: #5b1d17; }
}
body { margin: 2rem auto; max-width: 76rem; padding: 0 1rem; color: var(--ink); background: var(--paper); font: 16px/1.5 system-ui, sans-serif; }
h1 { font-size: 1.6rem; } h2 { font-size: 1.2rem; margin-top: 2.5rem; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
th, td { padding: .3rem .7rem; border: 1px solid var(--line); text-align: right; white-space: nowrap; }
th:first-child { text-align: left; font-weight: 500; } thead th { font-weight: 600; } tr:last-child > * { font-weight: 700; }
.good { background: var(--good); } .part { background: var(--part); } .bad { background: var(--bad); }
p, li { color: var(--soft); } strong { color: var(--ink); }
`;

const escape = (text) => String(text).replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);
const number = (value) => value.toLocaleString('en');

export function page(vectors, generated) {
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Countermark: conformance</title>
<style>${STYLE}</style>
<h1>Conformance</h1>
${vectors ? vectorTable(vectors) : ''}
${generated ? generatedTable(generated) : ''}
</html>
`;
}

function vectorTable({ names, rows, reasons }) {
  const cell = ({ all, right, skipped }) => {
    const [kind, sign] = right === all ? ['good', '✓'] : right + skipped === all ? ['part', '○'] : ['bad', '✗'];
    const title = `${right} of ${all} right${skipped ? `, ${skipped} skipped` : ''}`;
    return `<td class="${kind}" title="${title}">${right === all ? number(right) : `${number(right)}/${number(all)}`} ${sign}</td>`;
  };
  const row = ({ title, cells }) => `<tr><th scope="row">${title === '*' ? 'all' : escape(title)}</th>${cells.map(cell).join('')}</tr>`;
  return `<h2>Vectors that gave their whole answer</h2>
<div class="wide" tabindex="0"><table>
<thead><tr><th scope="col">vectors</th>${names.map((name) => `<th scope="col">${escape(name)}</th>`).join('')}</tr></thead>
<tbody>
${rows.map(row).join('\n')}
</tbody></table></div>
<p>✓ all right, ○ some skipped, ✗ some wrong.</p>
<ul>${reasons.map((reason) => `<li>${escape(reason)}</li>`).join('')}</ul>`;
}

function generatedTable({ seed, count, names, different, operations }) {
  const all = operations.reduce((sum, { ok, refused }) => ({ op: 'all', ok: sum.ok + ok, refused: sum.refused + refused }), { ok: 0, refused: 0 });
  const row = ({ op, ok, refused }) => `<tr><th scope="row">${escape(op)}</th><td>${number(ok)}</td><td>${number(refused)}</td></tr>`;
  return `<h2>Generated questions</h2>
<p><strong class="${different === 0 ? 'good' : 'bad'}">${number(different)} of ${number(count)}</strong> questions were answered in different ways by
${names.map(escape).join(', ')}. Seed ${seed}.</p>
<div class="wide" tabindex="0"><table>
<thead><tr><th scope="col">operation</th><th scope="col">answered</th><th scope="col">refused</th></tr></thead>
<tbody>
${[...operations, all].map(row).join('\n')}
</tbody></table></div>`;
}
