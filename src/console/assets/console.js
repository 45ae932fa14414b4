// What every page does beside showing what the server wrote. Without it the pages still work.
const relative = new Intl.RelativeTimeFormat(undefined, { numeric: 'auto' });
const UNITS = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
  ['second', 1_000],
];

function showTimes() {
  for (const element of document.querySelectorAll('time[datetime]')) {
    const at = new Date(element.getAttribute('datetime') ?? '');
    const ms = at.getTime() - Date.now();
    const [unit, size] = UNITS.find(([, length]) => Math.abs(ms) >= length) ?? ['second', 1_000];
    element.textContent = `${at.toLocaleString()} (${relative.format(Math.round(ms / size), unit)})`;
  }
}

showTimes();
setInterval(showTimes, 10_000);
