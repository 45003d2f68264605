// BENCHMARKS.svg: a bar for each case, from 1 (as fast as the best alternative) to the right where Countermark is faster.

const [WIDTH, LEFT, RIGHT, ROW, HEAD] = [860, 330, 60, 18, 30];
const STYLE = `text { font: 12px system-ui, sans-serif; fill: #222 } .title { font-weight: 600; font-size: 13px } .soft { fill: #666 }
.axis { stroke: #888 } .grid { stroke: #8883 } .faster { fill: #2a9d6f } .slower { fill: #d1603d }
@media (prefers-color-scheme: dark) { text { fill: #ddd } .soft { fill: #999 } }`;

const escape = (text) => String(text).replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);

/** @param benches `[{bench, rows: [{question, ours, peer: [name, ns]}]}]` */
export function plot(benches) {
  const panels = benches.map(({ bench, rows }) => ({ bench, rows: rows.filter(({ peer }) => peer) })).filter(({ rows }) => rows.length > 0);
  const ratios = panels.flatMap(({ rows }) => rows.map(({ ours, peer }) => peer[1] / ours));
  const most = Math.max(2, ...ratios);
  const least = Math.min(0.5, ...ratios);
  const x = (ratio) => LEFT + ((Math.log(ratio) - Math.log(least)) / (Math.log(most) - Math.log(least))) * (WIDTH - LEFT - RIGHT);
  const ticks = [0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100].filter((tick) => tick >= least && tick <= most);
  const parts = [];
  let y = 20;
  for (const { bench, rows } of panels) {
    parts.push(`<text class="title" x="0" y="${y + 14}">${escape(bench)}</text>`);
    const [top, bottom] = [y + HEAD - 6, y + HEAD + rows.length * ROW];
    for (const tick of ticks) parts.push(`<line class="${tick === 1 ? 'axis' : 'grid'}" x1="${x(tick)}" x2="${x(tick)}" y1="${top}" y2="${bottom}"/>`);
    for (const tick of ticks) parts.push(`<text class="soft" x="${x(tick)}" y="${y + 18}" text-anchor="middle">${tick}×</text>`);
    for (const [at, { question, ours, peer }] of rows.entries()) {
      const ratio = peer[1] / ours;
      const [from, to] = [x(Math.min(1, ratio)), x(Math.max(1, ratio))];
      const base = y + HEAD + at * ROW;
      parts.push(
        `<text x="${LEFT - 10}" y="${base + 13}" text-anchor="end">${escape(question)}</text>`,
        `<rect class="${ratio >= 1 ? 'faster' : 'slower'}" x="${from.toFixed(1)}" y="${base + 3}" width="${Math.max(1, to - from).toFixed(1)}" height="${ROW - 6}"><title>${escape(peer[0])}</title></rect>`,
        `<text class="soft" x="${(to + 5).toFixed(1)}" y="${base + 13}">${ratio.toFixed(2)}</text>`,
      );
    }
    y = bottom + 16;
  }
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${y}" width="${WIDTH}" height="${y}" role="img">
<title>How many times as long as Countermark the best alternative takes</title>
<style>${STYLE}</style>
${parts.join('\n')}
</svg>
`;
}
