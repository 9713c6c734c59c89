const STEP = 0.01;
const ZOOM = 0.5;

/** What the keys do while a chart has the focus; Shift pans. */
export function keyAction(group, { key, shiftKey }) {
  if (key === 'ArrowLeft') return () => (shiftKey ? group.pan(-0.2) : group.step(-STEP));
  if (key === 'ArrowRight') return () => (shiftKey ? group.pan(0.2) : group.step(STEP));
  if (key === '+' || key === '=') return () => group.zoom(ZOOM);
  if (key === '-') return () => group.zoom(1 / ZOOM);
  if (key === '0' || key === 'Escape') return () => group.reset();
  return undefined;
}

export function zoomAction(group, kind) {
  return { in: () => group.zoom(ZOOM), out: () => group.zoom(1 / ZOOM), reset: () => group.reset() }[kind];
}

/** What a chart's legend says, for those who cannot see it. */
export function readOut(figure) {
  const rows = [...figure.querySelectorAll('.u-series')];
  return rows
    .map((row) => `${row.querySelector('.u-label').textContent} ${row.querySelector('.u-value').textContent}`)
    .join(', ');
}
