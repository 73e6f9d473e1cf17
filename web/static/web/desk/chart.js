// The tape chart by hand, by finger and by key. Every bar and every free night is a link to its menu, which works
// without this file; here the menu opens over the chart, and a bar is carried: by drag, or lifted with M and carried
// with the arrows. However it is put down, one form says it to one address.
import { keep, newActId } from "./queue.js";

const part = document.querySelector("[data-chart]");
const menu = document.querySelector("dialog[data-menu]");
const DRAGS = 6; // px: from here on a press is a drag
const HOLDS = 350; // ms: so long a finger rests on a bar before it lifts it; a shorter one scrolls
const DAY = 86_400_000;

let lifted = null; // the bar that is carried, and where it is now
let press = null; // a finger or a button that may become a drag
let wasDragged = false;

// --- the chart as it stands ------------------------------------------------------------------------------------------
const tape = () => part.querySelector(".tape");
const wrap = () => part.querySelector("[data-tape-scroll]");
const rows = () => [...part.querySelectorAll("tr[data-bed]")];
const heads = () => [...part.querySelectorAll("th[data-night]")];
const says = (text) => (part.querySelector("[data-tape-says]").textContent = text);
const words = (name, values = {}) =>
  Object.entries(values).reduce((text, [key, value]) => text.replace(`{${key}}`, value), tape().dataset[name]);
const after = (day, days) => new Date(Date.parse(day) + days * DAY).toISOString().slice(0, 10);
const isOff = () => document.documentElement.dataset.connection === "off" || !navigator.onLine;
const between = (first, last) => Math.round((Date.parse(last) - Date.parse(first)) / DAY);
const said = (day) =>
  new Intl.DateTimeFormat(tape().dataset.language, { month: "short", day: "numeric", weekday: "short", timeZone: "UTC" }).format(
    new Date(day),
  );

// What can have the focus: one link in each cell; of all of them one is in the order of the Tab key.
const stops = (row) => [...row.querySelectorAll("td > a")];
function roving(to) {
  for (const each of part.querySelectorAll(".tape td > a")) each.tabIndex = each === to ? 0 : -1;
}
function go(to) {
  if (!to) return;
  roving(to);
  to.focus();
}
const columnOf = (link) => between(tape().dataset.first, link.parentElement.dataset.night);
function at(row, column) {
  return (
    stops(row).findLast((each) => columnOf(each) <= column && columnOf(each) + each.parentElement.colSpan > column) ??
    stops(row).find((each) => columnOf(each) >= column) ??
    stops(row).at(-1)
  );
}

function begin() {
  if (!tape()) return;
  const tonight = between(tape().dataset.first, tape().dataset.today);
  roving(part.querySelector(".bar[data-moves]") ?? (rows()[0] && at(rows()[0], tonight)));
  column = tonight;
  for (const hint of document.querySelectorAll("[data-with-script]")) hint.hidden = false;
}
let column = 0; // the arrows up and down keep to this night

// --- the menu --------------------------------------------------------------------------------------------------------
async function open(link) {
  const from = new URL(link.href);
  from.searchParams.set("part", "menu");
  try {
    const answer = await fetch(from, { redirect: "error" });
    if (!answer.ok) throw new Error("no menu");
    menu.innerHTML = await answer.text();
  } catch {
    if (isOff()) problem(words("noMenu"));
    else location.assign(link.href);
    return;
  }
  menu.opener = link;
  const lifts = menu.querySelector("[data-lift]");
  if (lifts) lifts.hidden = !link.matches("[data-moves]");
  menu.setAttribute("aria-labelledby", "menu-title"); // it came with what was asked for
  menu.showModal();
}

menu?.addEventListener("click", (event) => {
  const { opener } = menu;
  if (event.target === menu || event.target.closest("[data-close]")) {
    event.preventDefault();
    menu.close();
  } else if (event.target.closest("[data-lift]")) {
    menu.close();
    lift(opener);
  }
});
menu?.addEventListener("close", () => {
  menu.replaceChildren();
  if (menu.opener?.isConnected && !lifted) go(menu.opener);
});

// --- carrying --------------------------------------------------------------------------------------------------------
function lift(bar, how = "key") {
  if (!bar?.matches("[data-moves]")) {
    says(words("notMovable"));
    return;
  }
  putBack(false);
  const row = bar.closest("tr");
  const ghost = bar.cloneNode(true);
  for (const name of ["href", "tabindex", "aria-label", "title"]) ghost.removeAttribute(name);
  ghost.setAttribute("aria-hidden", "true");
  ghost.classList.add("ghost");
  ghost.classList.remove("cut-before", "cut-after");
  wrap().append(ghost);
  const place = { row: rows().indexOf(row), days: 0 };
  lifted = { bar, ghost, how, ...place, begun: place, span: between(bar.dataset.from, bar.dataset.to) };
  lifted.first = between(tape().dataset.first, bar.dataset.from);
  bar.classList.add("lifted");
  part.classList.add("lifting");
  draw();
  if (how === "key") {
    go(bar);
    says(words("lifted", { name: bar.getAttribute("aria-label") }));
  }
}

const target = () => ({
  bed: rows()[lifted.row].dataset.bed,
  from: after(lifted.bar.dataset.from, lifted.days),
  to: after(lifted.bar.dataset.to, lifted.days),
});

// The ghost stands where the bar would be put down, as much of it as the chart shows.
function draw() {
  const { ghost, span, first, days } = lifted;
  const columns = heads().map((each) => each.getBoundingClientRect());
  const begins = Math.max(first + days, 0);
  const ends = Math.min(first + days + span, columns.length) - 1;
  const row = rows()[lifted.row].getBoundingClientRect();
  const box = wrap().getBoundingClientRect();
  const [left, right] = [columns[begins].left, columns[ends].right].map((x) => x - box.left + wrap().scrollLeft);
  Object.assign(ghost.style, {
    left: `${left}px`,
    top: `${row.top - box.top + wrap().scrollTop}px`,
    width: `${right - left}px`,
    height: `${row.height}px`,
  });
}

// Other days only where they may be changed; some of the bar stays in view, and nobody arrives yesterday.
function allowed(days) {
  const { bar, span, first } = lifted;
  if (!("shifts" in bar.dataset)) return 0;
  const least = Math.max(between(bar.dataset.arrival, tape().dataset.today), 1 - span - first);
  return Math.min(Math.max(days, least), heads().length - 1 - first);
}

function carry(rowsDown, days) {
  const row = Math.min(Math.max(lifted.row + rowsDown, 0), rows().length - 1);
  const moved = allowed(lifted.days + days);
  if (days && moved === lifted.days && !("shifts" in lifted.bar.dataset)) {
    says(words("stays"));
    return;
  }
  Object.assign(lifted, { row, days: moved });
  draw();
  lifted.ghost.scrollIntoView({ block: "nearest", inline: "nearest" });
  const { bed, from, to } = target();
  says(words("over", { bed, from: said(from), to: said(to) }));
}

function putBack(aloud = true) {
  if (!lifted) return;
  lifted.ghost.remove();
  lifted.bar.classList.remove("lifted");
  part.classList.remove("lifting", "dragging");
  const { bar } = lifted;
  lifted = null;
  if (aloud) {
    says(words("putBack"));
    go(bar);
  }
}

function drop() {
  const { bar, row, days, begun } = lifted;
  if (row === begun.row && days === begun.days) {
    putBack();
    return;
  }
  const form = part.querySelector("form[data-carry]");
  form.elements.stay.value = bar.dataset.code;
  form.elements.bed.value = target().bed;
  form.elements.arrival.value = after(bar.dataset.arrival, days);
  form.elements.act_id.value = newActId();
  form.elements.from_night?.remove();
  form.dataset.act = "place";
  if (bar.dataset.fromNight) {
    const field = Object.assign(document.createElement("input"), { type: "hidden", name: "from_night" });
    field.value = bar.dataset.fromNight;
    form.append(field);
    form.dataset.act = "move";
  }
  form.requestSubmit();
}

// --- saying it to the house ------------------------------------------------------------------------------------------
const isPlace = (form) => form.closest("[data-chart], dialog[data-menu]") && /^(place|move)$/.test(form.dataset.act ?? "");

// Before the page's other listeners, which would wait for another page.
addEventListener(
  "submit",
  (event) => {
    if (!isPlace(event.target)) return;
    event.preventDefault();
    event.stopPropagation();
    send(event.target);
  },
  true,
);

async function send(form) {
  if (isOff()) {
    await queued(form);
    return;
  }
  const button = form.querySelector("button:not([type])");
  if (button) button.disabled = true;
  lifted?.ghost.classList.add("sending");
  says(words("sending"));
  let answer;
  try {
    answer = await fetch(form.action, { method: "POST", body: new FormData(form), headers: { Accept: "application/json" } });
  } catch {
    await queued(form);
    return;
  } finally {
    if (button) button.disabled = false;
  }
  const isJson = answer.headers.get("Content-Type")?.includes("json");
  if (answer.ok && isJson) {
    await redraw((await answer.json()).href, form.elements.stay.value);
  } else if (answer.status === 409 && isJson) {
    refused((await answer.json()).html);
  } else if (answer.redirected) {
    location.reload(); // the desk is locked, or nobody is logged in any more: the page says so
  } else {
    putBack(false);
    menu?.close();
    problem(words("unread"));
  }
}

function problem(text) {
  const note = document.createElement("div");
  note.className = "note note-warn";
  note.textContent = text;
  part.querySelector("[data-refused]").replaceChildren(note);
}

// Without a line, also where it went in this very moment: the queue has it, under the same id.
async function queued(form) {
  const { stay, act_id, csrfmiddlewaretoken: _token, ...said } = Object.fromEntries(new FormData(form));
  const hostel = document.querySelector("[data-line]")?.dataset.hostel ?? "";
  try {
    await keep({ act_id, hostel, what: form.dataset.act, stay, said });
    waits = true;
    problem(words("kept"));
  } catch {
    problem(document.body.dataset.offline);
  }
  menu?.close();
  putBack(false);
}

// The queue was sent, and the device has the day anew: so has the chart.
let waits = false;
document.addEventListener("desk:sheet", () => {
  if (!waits || lifted || menu?.open) return;
  waits = false;
  const here = new URL(location);
  here.searchParams.delete("done");
  redraw(here);
});

function refused(html) {
  const bar = lifted?.bar ?? menu?.opener;
  putBack(false);
  if (menu?.open) menu.close();
  if (bar?.isConnected) roving(bar);
  const place = part.querySelector("[data-refused]");
  place.innerHTML = html;
  place.querySelector("[data-dismiss]").addEventListener("click", (event) => {
    event.preventDefault();
    place.replaceChildren();
    if (bar?.isConnected) go(bar);
  });
  place.firstElementChild.focus({ preventScroll: true }); // it comes into view by itself, and the bars stay where they are
}

// The chart as the house has it now, in the place of this one; the bar that was put down keeps the focus.
async function redraw(href, code) {
  const { scrollLeft = 0, scrollTop = 0 } = wrap() ?? {};
  const answer = await fetch(href).catch(() => null);
  const fresh = answer?.ok && new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("[data-chart]");
  if (!fresh) {
    location.assign(href);
    return;
  }
  lifted = null;
  part.classList.remove("lifting", "dragging");
  if (menu?.open) menu.close();
  part.replaceChildren(...fresh.childNodes);
  begin();
  wrap()?.scrollTo(scrollLeft, scrollTop);
  go(part.querySelector(`.bar[data-code="${code}"]`));
  const done = part.querySelector("[data-testid=d4-done]");
  if (done && tape()) says(done.innerText);
}

// --- keys ------------------------------------------------------------------------------------------------------------
const ARROWS = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };

part?.addEventListener("keydown", (event) => {
  const here = event.target.closest?.(".tape td > a");
  if (!here || event.altKey || event.ctrlKey || event.metaKey) return;
  const arrow = ARROWS[event.key];
  if (lifted) {
    if (arrow) carry(...arrow);
    else if (event.key === "Enter" || event.key === " ") drop();
    else if (event.key === "Escape") putBack();
    else return;
  } else if (arrow) {
    walk(here, ...arrow);
  } else if (event.key === "Home" || event.key === "End") {
    go(stops(here.closest("tr")).at(event.key === "Home" ? 0 : -1));
    column = columnOf(document.activeElement);
  } else if (event.key.toLowerCase() === "m") {
    lift(here);
  } else if (event.key === " ") {
    open(here);
  } else return;
  event.preventDefault();
  event.stopPropagation();
});

function walk(here, down, right) {
  const row = here.closest("tr");
  if (down) {
    const next = rows()[rows().indexOf(row) + down];
    if (next) go(at(next, column));
    return;
  }
  const all = stops(row);
  const next = all[all.indexOf(here) + right];
  if (!next) return;
  go(next);
  column = columnOf(next);
}

part?.addEventListener("focusin", ({ target: link }) => {
  if (!link.matches?.(".tape td > a")) return;
  roving(link);
  const begins = columnOf(link);
  if (column < begins || column >= begins + link.parentElement.colSpan) column = begins;
});

// --- mouse and finger ------------------------------------------------------------------------------------------------
part?.addEventListener("click", (event) => {
  const link = event.target.closest(".tape td > a");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  event.stopPropagation();
  if (wasDragged) {
    wasDragged = false;
  } else if (lifted?.how === "key") {
    // Lifted by the menu, put down by a tap.
    const spot = under(event);
    if (spot) Object.assign(lifted, { row: spot.row, days: allowed(spot.column - lifted.first) });
    drop();
  } else {
    open(link);
  }
});

function under({ clientX, clientY }) {
  const row = rows().findIndex((each) => {
    const { top, bottom } = each.getBoundingClientRect();
    return top <= clientY && clientY < bottom;
  });
  const column = heads().findIndex((each) => {
    const { left, right } = each.getBoundingClientRect();
    return left <= clientX && clientX < right;
  });
  return row < 0 || column < 0 ? null : { row, column };
}

part?.addEventListener("pointerdown", (event) => {
  wasDragged = false;
  const bar = event.target.closest(".tape .bar[data-moves]");
  if (!bar || event.button || lifted) return;
  press = { bar, id: event.pointerId, x: event.clientX, y: event.clientY, spot: under(event), at: event };
  if (event.pointerType !== "mouse") press.timer = setTimeout(() => drag(), HOLDS);
});

function drag() {
  const { bar, spot } = press;
  lift(bar, "drag");
  if (!lifted) return;
  lifted.grip = spot?.column ?? lifted.first;
  part.classList.add("dragging");
  wasDragged = true;
}

addEventListener("pointermove", (event) => {
  if (!press || event.pointerId !== press.id) return;
  const far = Math.hypot(event.clientX - press.x, event.clientY - press.y) > DRAGS;
  if (!lifted) {
    if (!far) return;
    if (event.pointerType !== "mouse") {
      letGo(); // a finger that moves at once scrolls
      return;
    }
    drag();
  }
  const spot = under(event);
  if (!spot || !lifted) return;
  Object.assign(lifted, { row: spot.row, days: allowed(spot.column - lifted.grip) });
  draw();
});

// While a finger carries a bar the page does not scroll.
part?.addEventListener("touchmove", (event) => lifted?.how === "drag" && event.preventDefault(), { passive: false });
part?.addEventListener("contextmenu", (event) => press && event.preventDefault());
part?.addEventListener("dragstart", (event) => event.preventDefault());

function letGo() {
  clearTimeout(press?.timer);
  press = null;
}
addEventListener("pointerup", (event) => {
  if (event.pointerId !== press?.id) return;
  letGo();
  if (lifted?.how === "drag") drop();
  // The click that follows a drag opens nothing; where none follows, the next one does.
  setTimeout(() => (wasDragged = false));
});
addEventListener("pointercancel", (event) => {
  if (event.pointerId !== press?.id) return;
  letGo();
  putBack(false);
});
addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || !lifted || menu?.open) return;
  letGo();
  putBack();
});
addEventListener("resize", () => lifted && draw());

begin();
