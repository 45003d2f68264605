// The figures as two plots beside each other.
import * as vega from 'vega';
import { compile } from 'vega-lite';

export function draw(rows) {
  const plot = (field, title, type = 'linear') => ({
    mark: { type: 'line', point: true },
    encoding: {
      x: { field: 'logins', type: 'quantitative', scale: { type: 'log' }, axis: { values: [100, 1000, 10_000], title: 'logins at once' } },
      y: { field, type: 'quantitative', scale: { type }, title },
      color: { field: 'language', type: 'nominal', title: null },
    },
  });
  const { spec } = compile({
    background: 'white',
    data: { values: rows },
    hconcat: [plot('kilobytes', 'KB of memory a login', 'log'), plot('microseconds', 'µs of CPU a check')],
  });
  return new vega.View(vega.parse(spec), { renderer: 'none' }).toSVG();
}
