// What pages do beside showing what the server wrote: moments in the viewer's zone, and staying up to date.
// Without it every page still works.

const relative = new Intl.RelativeTimeFormat('en', { numeric: 'auto', style: 'short' });
const clock = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit', second: '2-digit' });
const day = new Intl.DateTimeFormat(undefined, { day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit' });
const whole = new Intl.DateTimeFormat(undefined, { dateStyle: 'full', timeStyle: 'long' });
const UNITS = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
  ['second', 1_000],
];

const two = (number) => String(number).padStart(2, '0');

/** "3 min. ago", "in 2 hr.", "now" */
function fromNow(ms) {
  if (Math.abs(ms) < 5_000) return 'now';
  const [unit, size] = UNITS.find(([, length]) => Math.abs(ms) >= length);
  return relative.format(Math.round(ms / size), unit).replace('.', '');
}

/** "in 12:03", "in 1 h 05 min"; what has passed is said like any other moment. */
function untilThen(ms) {
  const seconds = Math.ceil(ms / 1_000);
  if (seconds <= 0 || seconds >= 86_400) return fromNow(ms);
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `in ${minutes}:${two(seconds % 60)}`;
  return `in ${Math.floor(minutes / 60)} h ${two(minutes % 60)} min`;
}

/** Writes a moment into its element; what is the same is left alone, so that nothing is read out again. */
function sayTime(element) {
  const at = new Date(element.getAttribute('datetime'));
  const now = new Date();
  const ms = at - now;
  const said = element.classList.contains('countdown') ? untilThen(ms) : fromNow(ms);
  const time = at.toDateString() === now.toDateString() ? clock.format(at) : day.format(at);
  const text = element.classList.contains('clock') ? `${time} (${said})` : `${said}, ${time}`;
  if (element.textContent !== text) element.textContent = text;
  if (!element.title) element.title = whole.format(at);
}

function sayTimes(root, which = 'time[datetime]') {
  for (const element of root.querySelectorAll(which)) sayTime(element);
}

sayTimes(document);
setInterval(() => sayTimes(document, 'time.countdown'), 1_000);
setInterval(() => sayTimes(document), 10_000);

// ------------------------------------------------------------------------------------------------ live

/** The server says something every 15 s; after this long without a word the connection is only thought to be there. */
const SILENT_MS = 40_000;
/** A page that was refused, perhaps because too many are open, asks again later and later. */
const RETRY_MS = [3_000, 10_000, 30_000];
/** A browser has few connections to one server, so a tab in the background gives its own back and asks now and then. */
const BACKGROUND_MS = 60_000;

const main = document.getElementById('main');
const notice = document.getElementById('live');
let morph;
let lostAt;
let source;
let timer;
let refusals = 0;
let updating = false;
let again = false;

/** What people have opened stays open, and what they have closed stays closed. */
globalThis.htmx?.registerExtension('firebreak', {
  init: (api) => (morph = api.morph),
  htmx_before_morph_attr: (element, { attrName }) => !(attrName === 'open' && element.tagName === 'DETAILS'),
});

/** A form is found again by what it does, not by its place: what is typed must not slip into a neighbour's form. */
function nameForms(root) {
  for (const form of root.querySelectorAll('form:not([id])'))
    form.id = `form ${form.getAttribute('method') ?? ''} ${form.getAttribute('action') ?? ''}`;
}

function lost() {
  lostAt ??= new Date();
  const text = `Not live since ${clock.format(lostAt)}, trying again.`;
  if (notice.textContent !== text) notice.textContent = text;
}

function found() {
  lostAt = undefined;
  notice.textContent = '';
}

function put(text) {
  const fresh = new DOMParser().parseFromString(text, 'text/html');
  const next = fresh.getElementById('main');
  if (next === null) return;
  sayTimes(next);
  nameForms(next);
  nameForms(main);
  const focused = document.activeElement;
  const content = document.createDocumentFragment();
  content.append(...next.childNodes);
  morph(main, content, true);
  document.title = fresh.title;
  if (focused !== document.activeElement && !focused.isConnected) main.focus({ preventScroll: true });
}

/** Fetches this page and takes over what is different; one at a time, and at least once after the last news. */
async function update() {
  again = updating;
  if (updating) return;
  updating = true;
  try {
    const answer = await fetch(location.href, {
      headers: { accept: 'text/html' },
      cache: 'no-store',
      signal: AbortSignal.timeout(20_000),
    });
    // the session is over: whoever looks on is to log in again
    if (answer.redirected) location.assign(answer.url);
    else if (answer.status === 401) location.reload();
    else if (answer.ok) {
      put(await answer.text());
      found();
    } else lost();
  } catch {
    lost();
  } finally {
    updating = false;
  }
  if (again) setTimeout(update, 0);
}

function hush() {
  clearTimeout(timer);
  source?.close();
}

function later(ms, what) {
  clearTimeout(timer);
  timer = setTimeout(() => what(), ms);
}

function heard() {
  refusals = 0;
  later(SILENT_MS, () => {
    lost();
    listen();
  });
}

function listen() {
  hush();
  source = new EventSource(document.body.dataset.live);
  later(SILENT_MS, listen);
  source.addEventListener('open', () => {
    heard();
    if (lostAt !== undefined) void update();
  });
  source.addEventListener('changed', () => {
    heard();
    void update();
  });
  source.addEventListener('error', () => {
    lost();
    if (source.readyState !== EventSource.CLOSED) return;
    // refused, perhaps because the session is over: the page itself knows
    later(RETRY_MS[Math.min(refusals++, RETRY_MS.length - 1)], () => {
      void update();
      listen();
    });
  });
}

function askNowAndThen() {
  hush();
  later(BACKGROUND_MS, () => {
    void update();
    askNowAndThen();
  });
}

function follow() {
  if (document.hidden) return askNowAndThen();
  listen();
  return update();
}

if (document.body.dataset.live && morph !== undefined) {
  if (document.hidden) askNowAndThen();
  else listen();
  document.addEventListener('visibilitychange', () => void follow());
  // a page that is left, or kept for the way back, must not hold a connection
  addEventListener('pagehide', hush);
  addEventListener('pageshow', ({ persisted }) => {
    if (persisted) void follow();
  });
}
