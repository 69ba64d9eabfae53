// Draws the curves of a report again with uPlot, so that they can be enlarged and read off. The drawings that are there
// already stay for print, and for readers without scripts.
(() => {
  const colour = name => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  const variables = { ink: '--ink', grey: '--before', accent: '--accent', muted: '--dim' };
  const dashes = { dashed: [7, 4], dotted: [2, 3] };

  // "t1 dashed" -> how uPlot draws it, in the colours of the page.
  function look(style) {
    const [name, dash] = style.trim().split(/\s+/);
    return { stroke: colour(variables[name] || '--task' + name.slice(1)), dash: dashes[dash], width: 2 };
  }

  const shown = value => value == null ? '-' : +value.toPrecision(4) + '';

  // Columns and lines: a line with limits has them as two more columns, and a band between those.
  function columns(plot) {
    const epochs = Math.max(...plot.lines.map(line => line.values.length));
    const data = [Array.from({ length: epochs }, (_, i) => i + 1)];
    const series = [{ label: 'epoch' }], bands = [];
    const fits = value => value != null && (!plot.log || value > 0) ? value : null;
    const add = (values, options) => {
      data.push(Array.from({ length: epochs }, (_, i) => fits(values[i])));
      series.push(options);
    };
    for (const line of plot.lines) {
      const drawn = look(line.style);
      add(line.values, { ...drawn, label: line.label, spanGaps: true, points: { show: epochs < 3 }, value: (u, v) => shown(v) });
      if (!line.high) continue;
      const limit = { stroke: 'transparent', points: { show: false }, class: 'limit', spanGaps: true };
      add(line.high, limit);
      add(line.low, limit);
      bands.push({ series: [series.length - 2, series.length - 1], fill: drawn.stroke + '28' });
    }
    return { data, series, bands };
  }

  function draw(place, plot) {
    place.querySelectorAll('.uplot, .plot-title').forEach(old => old.remove());
    const { data, series, bands } = columns(plot);
    const axis = { stroke: colour('--dim'), grid: { stroke: colour('--grid'), width: 1 }, ticks: { show: false }, font: '11px system-ui' };
    const title = document.createElement('p');
    title.className = 'plot-title';
    title.textContent = plot.title + (plot.percent ? ' (%)' : '');
    place.append(title);
    const chart = new uPlot({
      width: place.clientWidth, height: 240, series, bands,
      scales: { x: { time: false }, y: { distr: plot.log ? 3 : 1 } },
      axes: [{ ...axis, incrs: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000], size: 30 }, { ...axis, size: 52 }],
      legend: { show: plot.lines.length < 9, markers: { width: 2 } },
      cursor: { points: { size: 6 } },
    }, data, place);
    chart.root.querySelectorAll('.limit').forEach(row => row.style.display = 'none');
    return chart;
  }

  function enliven(place) {
    const plot = JSON.parse(place.querySelector('script').textContent);
    const button = document.createElement('button');
    const say = () => button.textContent = plot.log ? 'linear axis' : 'log axis';
    place.classList.add('zoomed');
    let chart = draw(place, plot);
    button.onclick = () => { plot.log = !plot.log; say(); chart = draw(place, plot); };
    button.title = 'Drag over the curves to enlarge a part, double-click to see all of them.';
    say();
    place.append(button);
    new ResizeObserver(() => chart.setSize({ width: place.clientWidth, height: 240 })).observe(place);
    matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => chart = draw(place, plot));
  }

  document.querySelectorAll('.curve').forEach(enliven);
})();
