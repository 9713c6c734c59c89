import { Group } from './group.js';
import { keyAction, readOut, zoomAction } from './keys.js';
import { createPlot } from './plot.js';
import { onThemeChange } from './theme.js';

const page = document.documentElement;
const run = JSON.parse(document.getElementById('run').textContent);
const group = new Group(run.end);

page.classList.add('scripted');
try {
  start();
} catch (error) {
  page.classList.remove('scripted'); // the picture is as good as it was
  throw error;
}

function start() {
  const status = document.querySelector('.status');
  for (const chart of run.charts) {
    const figure = document.getElementById(`chart-${chart.id}`);
    group.plots.push(createPlot(figure, chart, run, group));
    figure.addEventListener('keydown', (event) => {
      if (event.ctrlKey || event.metaKey || event.altKey) return;
      const action = keyAction(group, event);
      if (action === undefined) return;
      event.preventDefault();
      action();
      status.textContent = readOut(figure);
    });
  }
  for (const button of document.querySelectorAll('[data-zoom]')) {
    button.addEventListener('click', zoomAction(group, button.dataset.zoom));
  }
  group.reset();
  onThemeChange(() => {
    for (const plot of group.plots) plot.redraw();
  });
}
