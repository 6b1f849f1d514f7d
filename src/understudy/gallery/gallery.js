// The gallery: which videos are shown, the one that is chosen, and what is drawn over it.
// DATA is in videos.js; points of a video are loaded when they are first drawn.
"use strict";

const CARD = { least: 150, height: 164 }; // px; as wide as the columns allow
const REST_MS = 120; // thumbnails are loaded once scrolling rests
const LAG_S = 0.12; // a reference that is further off is moved
const FILTERS = { label: "action", identity: "person", reference: "reference", scene: "scene", view: "view", background: "background" };
const STATES = {
  kept: (video) => video.kept !== false && video.passed !== false,
  "left out": (video) => video.passed !== false && video.kept === false,
  failed: (video) => video.passed === false,
};
const COLOURS = { left: "rgb(242 153 77)", right: "rgb(89 166 242)", middle: "rgb(190 204 178)" };
const SEEN = { 3: 1, 2: 0.45, 1: 0.3 }; // how opaque: nothing, the person, a thing is in front
const [POINTS, VALUES] = [133, 399];

const $ = (id) => document.getElementById(id);
const ALL = DATA.rows.map((row, number) =>
  Object.fromEntries([...DATA.columns.map((name, k) => [name, row[k]]), ["number", number]]));
const NUMERIC = DATA.columns.filter((name) => // those in which videos differ
  ALL.some((video) => typeof video[name] === "number") && new Set(ALL.map((video) => video[name])).size > 1);
const state = { shown: [], chosen: null, drawing: false, paired: true };

// --- Which videos are shown -------------------------------------------------------------------

function option(value, text) {
  return Object.assign(document.createElement("option"), { value, textContent: text });
}

function choice(name, title, values) {
  const label = Object.assign(document.createElement("label"), { textContent: `${title} ` });
  const select = Object.assign(document.createElement("select"), { id: `by-${name}` });
  select.append(option("", "all"), ...values.map(([value, count]) => option(value, `${value || "none"} (${count})`)));
  label.append(select);
  return label;
}

function counted(values) {
  const counts = new Map();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return [...counts].sort(([a], [b]) => String(a).localeCompare(String(b), "en", { numeric: true }));
}

function buildFilters() {
  for (const [name, title] of Object.entries(FILTERS)) {
    const values = counted(ALL.map((video) => video[name] ?? ""));
    if (values.length > 1) $("choices").append(choice(name, title, values));
  }
  const states = Object.entries(STATES).map(([name, is]) => [name, ALL.filter(is).length]);
  if (states.filter(([, count]) => count).length > 1) $("choices").append(choice("state", "state", states));
  $("order").append(option("worst", "worst first"), option("listed", "as listed"));
  for (const name of NUMERIC) $("order").append(option(`+${name}`, `${words(name)} ↑`), option(`-${name}`, `${words(name)} ↓`));
}

// Failed checks, then what is left out, then the risk, then flags.
function badness(video) {
  const flags = [video.reference_flags, video.identity_flags].join(",").split(",").filter(Boolean).length;
  return [video.passed === false, video.kept === false, video.risk ?? 0, flags].map(Number);
}

function compared(a, b) {
  const k = a.findIndex((value, index) => value !== b[index]);
  return k < 0 ? 0 : b[k] - a[k];
}

function ordered(videos) {
  const order = $("order").value;
  if (order === "listed") return videos;
  if (order === "worst") {
    return videos.map((video) => [badness(video), video]).sort((a, b) => compared(a[0], b[0])).map(([, video]) => video);
  }
  const [sign, name] = [order[0] === "+" ? 1 : -1, order.slice(1)];
  const value = (video) => (video[name] === null ? Infinity : sign * video[name]); // unknown: last
  return videos.toSorted((a, b) => value(a) - value(b) || 0);
}

function within(video) {
  const name = $("order").value.slice(1);
  if (!NUMERIC.includes(name)) return true;
  const [least, most] = [$("least").value, $("most").value];
  if (least === "" && most === "") return true;
  return video[name] !== null && (least === "" || video[name] >= +least) && (most === "" || video[name] <= +most);
}

function filter() {
  const wanted = Object.keys(FILTERS).map((name) => [name, $(`by-${name}`)?.value ?? ""]).filter(([, value]) => value);
  const is = STATES[$("by-state")?.value];
  const sought = $("search").value.toLowerCase().split(/\s+/).filter(Boolean);
  $("range").hidden = !NUMERIC.includes($("order").value.slice(1));
  state.shown = ordered(ALL.filter((video) =>
    wanted.every(([name, value]) => (video[name] ?? "") === value) &&
    (!is || is(video)) && within(video) &&
    sought.every((word) => text(video).includes(word))));
  $("count").textContent = `${state.shown.length.toLocaleString("en")} of ${ALL.length.toLocaleString("en")} videos`;
  $("nothing").hidden = state.shown.length > 0;
  $("grid").hidden = $("stage").hidden = !state.shown.length;
  layOut();
  if (!state.shown.includes(state.chosen)) choose(state.shown[0] ?? null);
  else reveal();
}

function text(video) {
  video.text ??= Object.values(video).filter((value) => typeof value === "string").join(" ").toLowerCase();
  return video.text;
}

function showAll() {
  for (const select of document.querySelectorAll("#choices select")) select.value = "";
  for (const id of ["search", "least", "most"]) $(id).value = "";
  filter();
}

// --- The grid: only the cards that are in view exist ----------------------------------------------

const cards = new Map(); // a video -> its card
let columns = 1, width = CARD.least, resting = 0;

function layOut() {
  columns = Math.max(1, Math.floor($("grid").clientWidth / CARD.least));
  width = Math.floor($("grid").clientWidth / columns);
  $("sheet").style.height = `${Math.ceil(state.shown.length / columns) * CARD.height}px`;
  drawCards();
}

function drawCards() {
  const { scrollTop, clientHeight } = $("grid");
  const first = Math.max(0, Math.floor(scrollTop / CARD.height) - 1) * columns;
  const stop = Math.ceil((scrollTop + clientHeight) / CARD.height + 1) * columns;
  const inView = state.shown.slice(first, stop);
  const kept = new Set(inView);
  for (const [video, card] of cards) {
    if (!kept.has(video)) {
      release(card.querySelector("video"));
      card.remove();
      cards.delete(video);
    }
  }
  inView.forEach((video, k) => {
    const card = cards.get(video) ?? newCard(video);
    const place = first + k;
    card.style.width = `${width}px`;
    card.style.transform = `translate(${(place % columns) * width}px, ${Math.floor(place / columns) * CARD.height}px)`;
    card.classList.toggle("chosen", video === state.chosen);
  });
  clearTimeout(resting);
  resting = setTimeout(loadThumbnails, REST_MS);
}

function newCard(video) {
  const card = Object.assign(document.createElement("div"), { className: "card" });
  const film = Object.assign(document.createElement("video"), { muted: true, preload: "metadata" });
  const lines = [words(video.label), `${video.identity} · ${video.view} · ${video.background}`];
  card.append(film, ...lines.map((line) => Object.assign(document.createElement("p"), { textContent: line })));
  card.classList.toggle("bad", video.passed === false || video.kept === false);
  card.style.height = `${CARD.height}px`;
  card.addEventListener("click", () => choose(video));
  cards.set(video, card);
  $("sheet").append(card);
  return card;
}

function loadThumbnails() {
  for (const [video, card] of cards) {
    const film = card.querySelector("video");
    if (!film.hasAttribute("src")) film.src = `${video.video}#t=${((video.seconds ?? 0) / 2).toFixed(2)}`;
  }
}

// Without this, a browser keeps what an element that is gone had loaded.
function release(film) {
  film.removeAttribute("src");
  film.load();
}

function reveal() {
  const place = Math.floor(state.shown.indexOf(state.chosen) / columns) * CARD.height;
  const grid = $("grid");
  if (place < grid.scrollTop) grid.scrollTop = place;
  else if (place + CARD.height > grid.scrollTop + grid.clientHeight) grid.scrollTop = place + CARD.height - grid.clientHeight;
  drawCards();
}

// --- The chosen video -----------------------------------------------------------------------------

function choose(video) {
  state.chosen = video;
  if (!video) return;
  const [film, reference] = [$("video"), $("reference")];
  const beside = DATA.references[video.reference];
  film.src = video.video;
  if (beside) reference.src = beside.video;
  else if (reference.hasAttribute("src")) release(reference);
  $("note").textContent = "";
  $("name").textContent = `${words(video.label)}: ${video.identity} as in ${video.reference}`;
  $("facts").replaceChildren(...DATA.columns.filter((name) => video[name] !== null && video[name] !== "").flatMap((name) => [
    Object.assign(document.createElement("dt"), { textContent: words(name) }),
    Object.assign(document.createElement("dd"), { textContent: said(video[name]) }),
  ]));
  arrange();
  reveal();
  play();
}

function move(step) {
  const at = state.shown.indexOf(state.chosen) + step;
  if (state.shown.length) choose(state.shown[Math.min(Math.max(at, 0), state.shown.length - 1)]);
}

function arrange() {
  const there = Boolean(DATA.references[state.chosen?.reference]);
  $("beside").hidden = !(there && state.paired);
  $("pairing").hidden = !there;
  $("pairing").setAttribute("aria-pressed", state.paired);
  $("labels").setAttribute("aria-pressed", state.drawing);
  drawPoints();
}

function play() {
  $("video").play().catch(() => {}); // another one was chosen meanwhile
}

function toggle() {
  if ($("video").paused) play();
  else $("video").pause();
}

function step(frames) {
  const film = $("video");
  film.pause();
  const rate = state.chosen?.fps ?? 25;
  const frame = Math.round(film.currentTime * rate - 0.5) + frames;
  film.currentTime = Math.min(Math.max((frame + 0.5) / rate, 0), film.duration || 0); // its middle
}

// The reference shows the same moment.
function follow() {
  const [film, reference] = [$("video"), $("reference")];
  const beside = DATA.references[state.chosen?.reference];
  if (beside && reference.readyState) {
    const moment = beside.begins + film.currentTime;
    const off = Math.abs(reference.currentTime - moment);
    if (off > (film.paused ? 0.001 : LAG_S) && !reference.seeking) reference.currentTime = moment;
    if (film.paused !== reference.paused) film.paused ? reference.pause() : reference.play().catch(() => {});
  }
  $("moment").value = film.duration ? film.currentTime / film.duration : 0;
  $("time").textContent = `${film.currentTime.toFixed(2)} of ${(film.duration || 0).toFixed(2)} s`;
  $("play").textContent = film.paused ? "play" : "pause";
  requestAnimationFrame(follow);
}

// --- Labels ---------------------------------------------------------------------------------------

const gallery = {
  scripts: new Map(), // a script's name -> the packed points of its videos; null while it is loaded
  unpacked: new Map(), // a video -> {fps, steps}: x, y and seen of each point of each frame

  take(name, videos) {
    this.scripts.set(name, videos);
    drawPoints();
  },
};

// Of a video, once they are there; until then null, and they are drawn when they come.
function pointsOf(video) {
  if (gallery.unpacked.has(video)) return gallery.unpacked.get(video);
  const [name, place] = DATA.points[video.number];
  const packed = gallery.scripts.get(name);
  if (packed) {
    gallery.unpacked.set(video, null);
    unpack(packed[place]).then((points) => { gallery.unpacked.set(video, points); drawPoints(); });
  } else if (!gallery.scripts.has(name)) {
    gallery.scripts.set(name, null);
    const script = Object.assign(document.createElement("script"), { src: `points/${name}.js` });
    script.addEventListener("error", () => { $("note").textContent = "The labels of this video are not there."; });
    document.head.append(script);
  }
  return null;
}

async function unpack({ fps, points }) {
  const bytes = Uint8Array.from(atob(points), (letter) => letter.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"));
  const steps = new Int16Array(await new Response(stream).arrayBuffer());
  for (let k = VALUES; k < steps.length; k++) steps[k] += steps[k - VALUES];
  return { fps, steps };
}

let moment = 0; // of the frame that is shown

function onFrame(now, { mediaTime }) {
  moment = mediaTime;
  drawPoints();
  $("video").requestVideoFrameCallback(onFrame);
}

function drawPoints() {
  const [film, canvas] = [$("video"), $("drawn")];
  canvas.hidden = !state.drawing;
  if (!state.drawing || !state.chosen || !film.videoWidth) return;
  [canvas.width, canvas.height] = [film.videoWidth, film.videoHeight]; // and clears it
  const found = pointsOf(state.chosen);
  if (!found) return;
  const frame = Math.min(Math.round(moment * found.fps), found.steps.length / VALUES - 1);
  const values = found.steps.subarray(frame * VALUES, (frame + 1) * VALUES);
  const points = Array.from({ length: POINTS }, (_, k) =>
    [values[3 * k] / DATA.finest, values[3 * k + 1] / DATA.finest, SEEN[values[3 * k + 2]] ?? 0]);
  const pen = canvas.getContext("2d");
  pen.lineCap = "round";
  pen.lineWidth = Math.max(1.5, film.videoHeight / 220);
  for (const [side, lines] of Object.entries(DATA.lines)) {
    pen.strokeStyle = COLOURS[side];
    for (const [[x, y, seen], [toX, toY, toSeen]] of lines.map(([a, b]) => [points[a], points[b]])) {
      pen.globalAlpha = Math.min(seen, toSeen);
      pen.beginPath();
      pen.moveTo(x, y);
      pen.lineTo(toX, toY);
      pen.stroke();
    }
  }
  points.forEach(([x, y, seen], k) => {
    const ofFace = k >= DATA.face[0] && k < DATA.face[1];
    pen.fillStyle = ofFace ? COLOURS.middle : "white";
    pen.globalAlpha = seen;
    pen.beginPath();
    pen.arc(x, y, pen.lineWidth * (ofFace ? 0.5 : 0.8), 0, 2 * Math.PI);
    pen.fill();
  });
  canvas.dataset.frame = frame;
}

// --- Words, keys, start ---------------------------------------------------------------------------

function words(name) {
  return String(name).replaceAll("_", " ");
}

function said(value) {
  return typeof value === "number" && !Number.isInteger(value) ? String(+value.toFixed(4)) : String(value);
}

const KEYS = {
  ArrowLeft: () => move(-1),
  ArrowRight: () => move(1),
  ArrowUp: () => move(-columns),
  ArrowDown: () => move(columns),
  Home: () => move(-Infinity),
  End: () => move(Infinity),
  " ": toggle,
  ",": () => step(-1),
  ".": () => step(1),
  l: () => { state.drawing = !state.drawing; arrange(); },
  r: () => { state.paired = !state.paired; arrange(); },
  "/": () => $("search").focus(),
  Escape: showAll,
};

document.addEventListener("keydown", (event) => {
  const typing = event.target.matches("input:not([type=range]), select");
  if (event.ctrlKey || event.metaKey || event.altKey || (typing && event.key !== "Escape")) return;
  const act = KEYS[event.key.length === 1 ? event.key.toLowerCase() : event.key];
  if (!act) return;
  event.preventDefault();
  if (event.key === "Escape") event.target.blur();
  act();
});

$("filters").addEventListener("submit", (event) => event.preventDefault());
$("filters").addEventListener("input", filter);
$("grid").addEventListener("scroll", () => requestAnimationFrame(drawCards), { passive: true });
new ResizeObserver(layOut).observe($("grid"));
$("play").addEventListener("click", toggle);
$("labels").addEventListener("click", KEYS.l);
$("pairing").addEventListener("click", KEYS.r);
$("moment").addEventListener("input", () => { $("video").currentTime = $("moment").value * ($("video").duration || 0); });
$("video").addEventListener("error", () => { $("note").textContent = "This video cannot be played: is its file there?"; });
$("video").requestVideoFrameCallback(onFrame);

document.title = $("title").textContent = DATA.title;
buildFilters();
filter();
requestAnimationFrame(follow);
