// The desk without a line: what the store knows of the day, and the acts that can wait. Every word stands in the page.
import { comeOn } from "./pin.js";
import { canWait, FACTS, houseTime, keep, onQueue, takeNote } from "./queue.js";
import { lineDrop, linesAll, queueAll, sheetGet, tidy } from "./store.js";

const ZONE = "Asia/Shanghai";
const TURN = 6; // o'clock: until then it is still the evening before
const DAY = 86_400_000; // ms
const UNDO = 5 * 60_000; // ms in which an act may be taken back
const MOST_NIGHTS = 7;
const CODE = /\/stays\/([0-9A-Za-z]{6})(?:\/|$)/;
const SAYS_ALL = new Set(["resident", "residence_permit", "foreign_resident"]); // documents that tell gender and birth date
const language = document.documentElement.lang;

const $ = (selector, from = document) => from.querySelector(selector);
const $$ = (selector, from = document) => [...from.querySelectorAll(selector)];
const words = Object.fromEntries($$("[data-say]", $("template[data-words]").content).map((p) => [p.dataset.say, p.textContent]));
const say = (name, values = {}) => words[name].replace(/\{(\w+)\}/g, (all, key) => values[key] ?? all);
const part = (name) => $(`template[data-part="${name}"]`).content.firstElementChild.cloneNode(true);
const tag = (name) => $(`[data-tag="${name}"]`, $("template[data-tags]").content).firstElementChild.cloneNode(true);
const icon = (name) => $(`[data-icon="${name}"]`, $("template[data-icons]").content).firstElementChild.cloneNode(true);

/** Put `values` into the places of a part: text, or elements. */
function filled(element, values) {
  for (const [name, value] of Object.entries(values)) {
    for (const place of $$(`[data-f="${name}"]`, element)) {
      place.replaceChildren(...[value].flat().flatMap((each) => [each, " "]).slice(0, -1));
    }
  }
  return element;
}

// --- days and hours --------------------------------------------------------------------------------------------------
const inZone = (options) => new Intl.DateTimeFormat("en-GB", { timeZone: ZONE, ...options });
const hourOf = (moment) => inZone({ hour: "2-digit", minute: "2-digit" }).format(new Date(moment));
const dateOf = (moment) => new Intl.DateTimeFormat("en-CA", { timeZone: ZONE }).format(new Date(moment));
const today = () => dateOf(houseTime().getTime() - TURN * 3_600_000);
const later = (day, days) => new Date(Date.parse(`${day}T00:00:00Z`) + days * DAY).toISOString().slice(0, 10);
const nightsBetween = (arrival, departure) => Math.round((Date.parse(departure) - Date.parse(arrival)) / DAY);

function dayOf(day) {
  const at = new Date(`${day}T12:00:00Z`);
  const letters = { j: at.getUTCDate(), n: at.getUTCMonth() + 1, M: at.toLocaleDateString("en-US", { month: "short", timeZone: "UTC" }) };
  const date = words.day.replace(/[jnM]/g, (letter) => letters[letter]);
  const weekday = at.toLocaleDateString(language, { weekday: "short", timeZone: "UTC" });
  return say("full_day", { weekday, day: date });
}
const momentOf = (moment) => (dateOf(moment) === dateOf(houseTime()) ? hourOf(moment) : `${dayOf(dateOf(moment))} ${hourOf(moment)}`);
const nightsOf = ({ arrival, departure }) => {
  const number = nightsBetween(arrival, departure);
  const nights = words[number === 1 ? "night" : "nights"].replace(/\d+/, number);
  return say("span", { arrival: dayOf(arrival), departure: dayOf(departure), nights });
};

// --- what is true by the sheet and by what was done here since -------------------------------------------------------
let sheet = null;
let queue = [];
let on = null; // who is on shift: {id, name, token}
let stays = new Map();
let beds = new Map();

/** Who did something here: perhaps a colleague who was on before. */
const nameOf = (by) => [on, sheet?.me, ...(sheet?.people ?? [])].find((each) => each?.id === by?.id)?.name ?? "";
const masked = (name) => name.slice(0, 1) + "*".repeat(Math.min(Math.max(name.length - 1, 0), 3));
const AFTER_CLEANING = { begin_cleaning: "cleaning", cleaned: "ready", soiled: "to_clean" };

function play() {
  stays = new Map(sheet.stays.map((stay) => [stay.code, { ...stay, waits: [] }]));
  beds = new Map(sheet.beds.map((bed) => [bed.bed, { ...bed, waits: [] }]));
  for (const entry of queue) {
    if (entry.hostel && entry.hostel !== sheet.hostel.slug) continue;
    const { what, said, happened_at } = entry;
    const stay = stays.get(entry.stay);
    const mark = entry.turned_away ? "turned_away" : FACTS.has(what) ? "waiting" : "tentative";
    stay?.waits.push(mark);
    if (entry.turned_away) continue;
    if (what === "check_in" && stay) {
      Object.assign(stay, { status: "in_house", checked_in_at: happened_at, let_in_by: nameOf(entry.by), bed: said.bed || stay.bed });
      taken(stay.bed);
    } else if (what === "check_out" && stay) {
      stay.status = "left";
      left(stay.bed);
    } else if (what === "extend" && stay) {
      stay.departure = said.departure;
    } else if (what === "move" && stay) {
      left(stay.bed);
      stay.bed = said.bed;
      taken(said.bed);
    } else if (what === "walk_in") {
      const { name = "", document_number = "", departure = later(today(), 1), bed = "" } = said;
      const arrival = dateOf(Date.parse(happened_at) - TURN * 3_600_000);
      const guest = { code: "", name: masked(name), phone4: "", document4: document_number.slice(-4), gender: said.gender ?? "" };
      const came = { arrival, departure, bed, status: "in_house", checked_in_at: happened_at, kept_until: happened_at, waits: [mark] };
      stays.set(entry.act_id, { ...guest, ...came, entry: entry.act_id, let_in_by: nameOf(entry.by), late: false });
      taken(bed);
    } else if (what in AFTER_CLEANING) {
      for (const bed of bedsOf(said)) {
        Object.assign(bed, { state: AFTER_CLEANING[what], ready_at: null });
        bed.waits.push("waiting");
      }
    } else if (what === "block") {
      for (const bed of bedsOf(said)) bed.waits.push("tentative");
    }
  }
}
const bedsOf = (said) => [said.beds ?? []].flat().map((each) => beds.get(each)).filter(Boolean);
const taken = (bed) => beds.has(bed) && Object.assign(beds.get(bed), { state: "occupied", free_nights: 0 });
const left = (bed) => beds.has(bed) && Object.assign(beds.get(bed), { state: "to_clean", ready_at: null });

const LISTS = {
  due_in: (stay, day) => stay.status === "confirmed" && stay.arrival <= day,
  in_house: (stay) => stay.status === "in_house",
  due_out: (stay, day) => stay.status === "in_house" && stay.departure <= day,
  no_show: (stay, day) => stay.status === "no_show" && stay.arrival === day,
};
const inList = (name) => [...stays.values()].filter((stay) => LISTS[name](stay, today())).sort(ORDER[name]);
const ORDER = {
  due_in: (one, other) => one.kept_until.localeCompare(other.kept_until) || one.code.localeCompare(other.code),
  in_house: (one, other) => one.departure.localeCompare(other.departure) || one.bed.localeCompare(other.bed),
};
ORDER.due_out = ORDER.in_house;
ORDER.no_show = ORDER.due_in;

/** Of the days beside today: who comes or leaves tomorrow, and who came or left yesterday and is on no list of today. */
function beside() {
  const day = today();
  const [eve, morrow] = [later(day, -1), later(day, 1)];
  const listed = (stay) => Object.values(LISTS).some((isIn) => isIn(stay, day));
  const stands = ({ status }) => ["confirmed", "in_house", "held"].includes(status);
  const isOf = (stay, days) => days.includes(stay.arrival) || days.includes(stay.departure);
  return [...stays.values()]
    .filter((stay) => (stands(stay) && isOf(stay, [morrow])) || (!listed(stay) && isOf(stay, [eve])))
    .sort((one, other) => one.arrival.localeCompare(other.arrival) || one.bed.localeCompare(other.bed));
}

function counts() {
  const day = today();
  const count = (test) => [...stays.values()].filter(test).length;
  const came = count((stay) => stay.arrival === day && stay.checked_in_at && stay.status !== "cancelled");
  const gone = count((stay) => stay.status === "left" && stay.departure === day);
  const [due_in_left, in_house, due_out_left, no_shows] = Object.keys(LISTS).map((name) => inList(name).length);
  return { due_in_left, due_in: due_in_left + came + no_shows, in_house, due_out_left, due_out: due_out_left + gone, no_shows };
}

function tagsOf(stay) {
  const day = today();
  let state = { confirmed: "due_in", in_house: "in_house", held: "held" }[stay.status] ?? stay.status;
  if (stay.status === "confirmed" && Date.parse(stay.kept_until) <= houseTime()) state = "not_here";
  else if (stay.status === "confirmed" && stay.late) state = "arriving_late";
  if (stay.status === "in_house" && stay.departure <= day) state = stay.departure < day ? "overdue" : "due_out";
  return [state, ...new Set(stay.waits)].filter((name) => $(`[data-tag="${name}"]`, $("template[data-tags]").content)).map(tag);
}

const keyOf = (stay) => stay.code || stay.entry;
const called = (stay) => `${stay.name} ${stay.code || say("walk-in")}`;
const address = (view, query = {}) => {
  const path = { today: "/desk/", queue: "/desk/sync/" }[view] ?? `/desk/${view}/`;
  const asked = new URLSearchParams(query).toString();
  return asked ? `${path}?${asked}` : path;
};

/** A link to a view of the shell: the same address shows the desk's own page when there is a line. */
function leads(link, view, stay) {
  link.dataset.stay = keyOf(stay);
  link.dataset.go = view;
  link.href = address("checkin", stay.code ? { stay: stay.code } : {});
  return filled(link, { whom: called(stay) });
}

// --- the views -------------------------------------------------------------------------------------------------------
const VIEWS = { today: showToday, checkin: showFinder, stay: showStay, leave: showLeaving, card: showCard, walkin: showWalkIn };
Object.assign(VIEWS, { rooms: showRooms, log: () => {}, shift: showShift, queue: showQueue, nothing: () => {} });
const SECTION = { leave: "stay", card: "stay" };
let here = { view: "today", tab: "due_in", stay: "" };

function show(next = here, { focus = false } = {}) {
  here = { ...next };
  const view = !sheet && here.view !== "queue" ? "nothing" : isLocked() ? "shift" : here.view;
  $("[data-scan-stop]:not([hidden])")?.click();
  for (const section of $$("[data-view]")) section.hidden = section.dataset.view !== (SECTION[view] ?? view);
  const open = { stay: "checkin", card: "checkin", leave: "today", queue: "today" }[view] ?? view;
  for (const link of $$(".rail [data-go]")) {
    if (link.dataset.go === open) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
  if (focus) document.activeElement?.blur();
  $("[data-one-title]").textContent = words[view === "leave" ? "title-out" : "title-in"];
  VIEWS[view](here);
  // A view that has one thing to do first has put the focus there.
  if (focus && !document.activeElement?.closest("[data-view]")) {
    const heading = $("[data-view]:not([hidden]) :is(h1, h2)");
    heading?.setAttribute("tabindex", "-1");
    heading?.focus({ preventScroll: true });
  }
  if (focus) scrollTo(0, 0);
}

function go(next) {
  $("[data-said-here]").replaceChildren();
  history.pushState(next, "", next.href ?? address(SECTION[next.view] || next.view === "stay" ? "checkin" : next.view));
  show(next, { focus: true });
}

function showToday({ tab = "due_in" }) {
  $("[data-house]").textContent = say("house", { hostel: sheet.hostel.name, day: dayOf(today()), time: hourOf(sheet.made_at) });
  for (const [name, number] of Object.entries(counts())) $(`[data-count="${name}"]`).textContent = number;
  for (const link of $$("[data-tab]")) {
    if (link.dataset.tab === tab) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
  $("[data-list-name]").textContent = words[tab];
  const rows = inList(tab);
  $("[data-rows]").replaceChildren(...rows.map((stay) => rowOf(stay, tab)));
  $("[data-list]").parentElement.hidden = !rows.length;
  $("[data-list-empty]").hidden = Boolean(rows.length);
  $("[data-list-empty] p").textContent = words[`none-${tab}`];
  const others = beside();
  $("[data-beside]").closest("details").hidden = !others.length;
  $("[data-beside]").replaceChildren(...others.map((stay) => rowOf(stay, "beside")));
  const waiting = queue.length;
  $("[data-queue-here]").replaceChildren(...(waiting ? [filled(part("here"), { says: say("waits", { n: waiting }) })] : []));
}

function rowOf(stay, tab) {
  const row = filled(part("row"), { code: stay.code, bed: stay.bed, nights: nightsOf(stay), tags: tagsOf(stay) });
  row.dataset.code = stay.code;
  leads(filled($("[data-f=name]", row), {}), "stay", stay).textContent = stay.name || stay.code;
  if (tab === "beside") row.dataset.testid = "shell-beside-row";
  const act = { due_in: "do_check_in", no_show: "do_check_in", in_house: "do_check_out", due_out: "do_check_out" }[tab];
  if (!act || stay.entry) return row;
  const does = leads(part(act), stay.status === "in_house" ? "leave" : tab === "no_show" ? "stay" : "card", stay);
  $("[data-f=act]", row).replaceChildren(does);
  return row;
}

// --- the finder ------------------------------------------------------------------------------------------------------
function find(text) {
  const address = CODE.exec(text);
  const typed = (address ? address[1] : text).replace(/\s+/g, "").toUpperCase();
  const all = [...stays.values()];
  const coming = all.filter((stay) => ["confirmed", "in_house", "no_show", "held"].includes(stay.status));
  const by = [
    () => all.filter((stay) => stay.code === typed),
    () => (typed.length === 4 ? coming.filter((stay) => [stay.phone4, stay.document4].includes(typed)) : []),
    () => (typed.length > 8 ? coming.filter((stay) => stay.document4 && typed.endsWith(stay.document4)) : []),
    () => coming.filter((stay) => stay.bed === typed || stay.bed.split("-")[0] === typed),
    () => coming.filter((stay) => stay.name && stay.name[0].toUpperCase() === typed[0] && /\p{L}/u.test(typed)),
  ];
  for (const look of by) {
    const found = look();
    if (found.length) return found;
  }
  return [];
}

function lookFor(text) {
  if (!text.trim() || !sheet) return;
  const found = find(text);
  if (found.length === 1) return go({ view: "stay", stay: keyOf(found[0]), href: leads(document.createElement("a"), "stay", found[0]).href });
  go({ view: "checkin", text });
}

function showFinder({ text = "" }) {
  const place = $("[data-finding]");
  const box = $("#text");
  box.value = "";
  if (!text) {
    place.replaceChildren();
    box.focus({ preventScroll: true });
    return;
  }
  const found = find(text);
  if (!found.length) {
    place.replaceChildren(scan("unknown", "danger", "question", { time: hourOf(sheet.made_at) }));
    box.focus({ preventScroll: true });
    return;
  }
  const list = part("several");
  list.append(
    ...found.map((stay) => {
      const one = filled(part("one"), { name: stay.name, code: stay.code, bed: stay.bed, nights: nightsOf(stay) });
      leads($("[data-go]", one), "stay", stay);
      return one;
    }),
  );
  place.replaceChildren(scan("several", "warn", "people"), list);
}

function scan(name, colour, mark, values = {}, ways = []) {
  const box = filled(part("scan"), { title: say(values.title ?? name, values), then: say(`${name}-then`, values), on: ways });
  $("[data-f=icon]", box).replaceWith(icon(mark));
  box.classList.add(`scan-${colour}`);
  box.dataset.found = name;
  box.setAttribute("role", colour === "ok" ? "status" : "alert");
  document.dispatchEvent(new CustomEvent("desk:found", { detail: name }));
  return box;
}

// --- one stay --------------------------------------------------------------------------------------------------------
function showStay({ stay: key }) {
  const stay = stays.get(key);
  const place = $("[data-one-stay]");
  if (!stay) return place.replaceChildren(scan("unknown", "danger", "question", { time: hourOf(sheet.made_at) }));
  const kind = kindOf(stay);
  if (kind === "ready") return showCard({ stay: key });
  if (kind === "here_already") return showInside(stay, place);
  const about = { nights: nightsOf(stay), bed: stay.bed, moment: momentOf(stay.kept_until) };
  const walkIn = part("go_walkin");
  const shown = {
    not_today: () => scan(kind, "danger", "calendar", about, [walkIn]),
    held: () => scan(kind, "warn", "clock", about, [walkIn]),
    cancelled: () => scan(kind, "danger", "block", about, [walkIn]),
    missed: () => scan(kind, "danger", "block", about, [leads(part("go_after_all"), "card", stay)]),
    gone: () => scan(kind, "danger", "out", about),
  };
  place.replaceChildren(shown[kind]());
}

function kindOf(stay) {
  if (stay.status === "in_house") return "here_already";
  if (stay.status === "confirmed") return stay.arrival <= today() && today() < stay.departure ? "ready" : "not_today";
  return { held: "held", no_show: "missed", left: "gone" }[stay.status] ?? "cancelled";
}

function showInside(stay, place) {
  const room = stay.bed.split("-")[0];
  const about = { moment: momentOf(stay.checked_in_at), who: stay.let_in_by, room, name: stay.name, bed: stay.bed };
  const title = stay.let_in_by ? "here_already" : "here_already-nobody";
  const inside = filled(part("inside"), { name: stay.name, code: stay.code, tags: tagsOf(stay), bed: stay.bed, nights: nightsOf(stay) });
  filled(inside, { came: momentOf(stay.checked_in_at) });
  if (stay.entry) for (const each of $$("form, [data-go=leave]", inside)) each.remove();
  else {
    leads($("[data-go=leave]", inside), "leave", stay);
    const until = Array.from({ length: MOST_NIGHTS }, (_, nights) => later(stay.departure < today() ? today() : stay.departure, nights + 1));
    $("[name=departure]", inside).append(...until.map((day) => new Option(dayOf(day), day)));
    const rest = Math.max(nightsBetween(today(), stay.departure), 1);
    $("[name=bed]", inside).append(...freeBeds(rest, stay.gender).map((bed) => new Option(bedLabel(bed), bed.bed)));
    for (const form of $$("form", inside)) form.dataset.stay = keyOf(stay);
  }
  place.replaceChildren(scan("here_already", "warn", "clock", { ...about, departure: dayOf(stay.departure), title }), inside);
}

const freeBeds = (nights, gender) =>
  [...beds.values()].filter(
    (bed) => bed.free_nights >= nights && (!gender || [gender, "any", "flexible"].includes(bed.guests)) && !bed.waits.includes("tentative"),
  ).sort((one, other) => (other.state === "ready") - (one.state === "ready"));
const bedLabel = (bed) => {
  if (bed.state === "ready") return say("bed-free", { bed: bed.bed, day: dayOf(later(today(), bed.free_nights)) });
  return bed.ready_at ? say("ready-about", { bed: bed.bed, time: hourOf(bed.ready_at) }) : bed.bed;
};

function showCard({ stay: key }) {
  const stay = stays.get(key);
  const place = $("[data-one-stay]");
  const card = filled(part("card"), { name: stay.name, code: stay.code, tags: tagsOf(stay), document4: stay.document4, phone4: stay.phone4 });
  filled(card, { gender: words[`gender-${stay.gender}`] ?? "", nights: nightsOf(stay) });
  $("[data-f=foreign]", card).hidden = !stay.foreign;
  card.dataset.stay = key;
  const rest = Math.max(nightsBetween(today(), stay.departure), 1);
  const others = freeBeds(rest, stay.gender).filter((bed) => bed.bed !== stay.bed);
  const kept = beds.get(stay.bed);
  const choice = $("[name=bed]", card);
  if (stay.bed) {
    const about = kept && kept.state !== "ready" && kept.ready_at ? say("ready-about", { bed: stay.bed, time: hourOf(kept.ready_at) }) : stay.bed;
    choice.append(new Option(say("kept-bed", { bed: about }), stay.bed));
  }
  choice.append(...others.map((bed) => new Option(bedLabel(bed), bed.bed)));
  // A clean bed: the one that is kept, else the first other one that is ready, else the one that is kept, later.
  const clean = others.find((bed) => bed.state === "ready");
  if (kept && kept.state !== "ready" && clean) choice.value = clean.bed;
  place.replaceChildren(...(stay.status === "confirmed" ? [scan("ready", "ok", "check")] : []), card);
  $("[name=compared]", card).focus({ preventScroll: true });
}

function showLeaving({ stay: key }) {
  const stay = stays.get(key);
  const leaving = filled(part("leaving"), { name: stay.name, code: stay.code, bed: stay.bed, nights: nightsOf(stay) });
  filled(leaving, { effect: words[stay.departure > today() ? "early" : "ends"] });
  leaving.dataset.stay = key;
  $("[data-one-stay]").replaceChildren(leaving);
  $("button", leaving).focus({ preventScroll: true });
}

// --- walk-in, rooms, shift, queue ------------------------------------------------------------------------------------
function options(select, many) {
  const chosen = select.value;
  select.replaceChildren(...many);
  if (many.some((option) => option.value === chosen)) select.value = chosen;
}
const departures = () => Array.from({ length: MOST_NIGHTS }, (_, nights) => later(today(), nights + 1)).map((day) => new Option(dayOf(day), day));

function showWalkIn() {
  for (const select of $$("[data-view=walkin] [data-departures]")) options(select, departures());
  const place = $("[data-purposes]");
  if (!place.children.length) {
    for (const { value, zh, en } of sheet.purposes) {
      const chip = document.createElement("label");
      chip.className = "chip";
      const radio = Object.assign(document.createElement("input"), { type: "radio", name: "purpose", value, required: true });
      const label = document.createElement("span");
      label.textContent = language.startsWith("en") ? en : zh;
      chip.append(radio, label);
      place.append(chip);
    }
  }
  fits();
}

/** The document says whose it is, and until when they stay: only the beds that fit are offered. */
function fits() {
  const form = $("[data-form=walk_in]");
  const kind = form.elements.document_kind.value;
  $("[data-unsaid]").hidden = SAYS_ALL.has(kind);
  const nights = nightsBetween(today(), form.elements.departure.value);
  const free = freeBeds(nights, genderSaid(form)).map((bed) => new Option(bedLabel(bed), bed.bed));
  options($("[data-free-beds]"), free.length ? free : [new Option(say("no-bed"), "")]);
}

function genderSaid(form) {
  const number = form.elements.document_number.value.replace(/\s/g, "");
  if (!SAYS_ALL.has(form.elements.document_kind.value)) return form.elements.gender.value;
  return /^\d{17}[\dXx]$/.test(number) ? (Number(number[16]) % 2 ? "male" : "female") : "";
}

const NEXT = { to_clean: "do_begin_cleaning", cleaning: "do_cleaned", ready: "do_soiled" };
function showRooms() {
  const floors = new Map();
  for (const bed of beds.values()) floors.set(bed.floor, [...(floors.get(bed.floor) ?? []), bed]);
  $("[data-floors]").replaceChildren(
    ...[...floors].map(([floor, those]) => filled(part("floor"), { floor: say("floor", { floor }), beds: those.map(bedRow) })),
  );
  options($("[data-all-beds]"), [...beds.keys()].map((bed) => new Option(bed, bed)));
  for (const select of $$("[data-view=rooms] [data-departures]")) options(select, departures());
}

function bedRow(bed) {
  const row = filled(part("bed"), { bed: bed.bed, tags: [bed.state, ...new Set(bed.waits)].map(tag) });
  row.dataset.bed = bed.bed;
  if (bed.state in NEXT) {
    const button = filled(part(NEXT[bed.state]), { whom: bed.bed });
    button.dataset.bed = bed.bed;
    filled(row, { act: button });
  }
  return row;
}

function showShift() {
  if (isLocked()) wrong($("[data-pin]"), words["pin-first"]);
  const people = sheet.people ?? [];
  $("[data-pin]").hidden = !people.length;
  $("[data-nobody]").hidden = Boolean(people.length);
  options($("[data-people]"), people.map(({ id, name }) => new Option(name, id)));
  $("#p-pin").value = "";
}

async function showQueue() {
  const rows = queue.map((entry) => {
    const { act_id, what, stay, happened_at, said, by, turned_away } = entry;
    const known = stays.get(stay);
    const whom = what === "walk_in" ? masked(said.name ?? "") : known ? called(known) : (stay ?? [said.beds ?? []].flat().join(", "));
    const mark = turned_away ? "turned_away" : FACTS.has(what) ? "waiting" : "tentative";
    const about = { what: words[`did-${what}`] ?? what, whom, when: momentOf(happened_at), by: nameOf(by), tags: tag(mark) };
    const row = filled(part("entry"), { ...about, sentence: turned_away ?? "" });
    const young = houseTime() - Date.parse(happened_at) < UNDO;
    if (turned_away || young) filled(row, { act: filled(part(turned_away ? "noted" : "take_back"), { whom }) });
    row.dataset.act = act_id;
    return row;
  });
  const lines = (await linesAll()).map(({ act_id, what, happened_at, bed }) => {
    const about = { what: words[`did-${what}`] ?? what, whom: bed ? say("bed", { bed }) : "", when: momentOf(happened_at) };
    const row = filled(part("entry"), { ...about, sentence: words["gone-line"], act: filled(part("noted"), { whom: bed }) });
    row.dataset.line = act_id;
    return row;
  });
  $("[data-queue]").replaceChildren(...rows, ...lines);
}

// --- acts ------------------------------------------------------------------------------------------------------------
function toldOf(what, title = "", then = "") {
  const name = what === "check_in" ? "done" : "kept";
  const note = filled(part(name), { title: title || words[`did-${what}`] || "", then: then || words[FACTS.has(what) ? "fact" : "claim"] });
  $("[data-said-here]").replaceChildren(note);
}

async function doIt(what, key, said) {
  if (!canWait(what)) return false;
  if (!on) {
    go({ view: "shift" });
    wrong($("[data-pin]"), words["pin-first"]);
    return false;
  }
  await keep({ what, stay: stays.get(key)?.code || null, said, hostel: sheet.hostel.slug, by: { id: on.id, token: on.token } });
  await read();
  return true;
}

function wrong(form, sentence) {
  let place = $("[data-wrong]", form);
  if (!place) {
    place = Object.assign(document.createElement("p"), { className: "field-error" });
    place.dataset.wrong = "";
    place.setAttribute("role", "alert");
    form.prepend(place);
  }
  place.textContent = sentence;
  place.hidden = !sentence;
}

const FORMS = {
  async check_in(form) {
    const stay = stays.get(form.dataset.stay);
    const { bed, document_number, compared } = form.elements;
    if (!compared.checked) {
      wrong(form, words.tick);
      return compared.focus();
    }
    const number = document_number.value.replace(/\s/g, "").toUpperCase();
    if (number && stay.document4 && !number.endsWith(stay.document4)) {
      wrong(form, words.another);
      return document_number.focus();
    }
    const unclean = bed.value && beds.get(bed.value)?.state !== "ready";
    const said = { compared: true, bed: bed.value, document_number: number, before_clean: Boolean(unclean) };
    if (!(await doIt("check_in", form.dataset.stay, said))) return;
    const { name } = stay;
    go({ view: "checkin" });
    toldOf("check_in", say("done", { name, bed: bed.value }), words["done-then"]);
  },
  async check_out(form) {
    const { name, status } = stays.get(form.dataset.stay);
    if (status !== "in_house" || !(await doIt("check_out", form.dataset.stay, {}))) return;
    go({ view: "today", tab: "due_out" });
    toldOf("check_out", `${name} · ${words["did-check_out"] ?? ""}`);
  },
  async extend(form) {
    if (await doIt("extend", form.dataset.stay, { departure: form.elements.departure.value })) {
      show();
      toldOf("extend");
    }
  },
  async move(form) {
    const bed = form.elements.bed.value;
    if (bed && (await doIt("move", form.dataset.stay, { bed }))) {
      show();
      toldOf("move");
    }
  },
  async walk_in(form) {
    const said = Object.fromEntries(new FormData(form));
    const { home, ...kept } = said;
    if (home) kept.home_in_district = home === "yes";
    if (SAYS_ALL.has(kept.document_kind)) {
      delete kept.gender;
      delete kept.birth_date;
    }
    for (const name of Object.keys(kept)) if (kept[name] === "") delete kept[name];
    Object.assign(kept, { compared: form.elements.compared.checked, accept_price: form.elements.accept_price.checked });
    if (!(await doIt("walk_in", null, kept))) return;
    form.reset();
    go({ view: "today", tab: "in_house" });
    toldOf("walk_in", say("done", { name: masked(kept.name), bed: kept.bed ?? "" }));
  },
  async block(form) {
    const { beds: bed, until, reason } = form.elements;
    if (await doIt("block", null, { beds: [bed.value], from: today(), until: until.value, reason: reason.value })) {
      show();
      toldOf("block", `${words["did-block"] ?? ""} ${bed.value}`);
    }
  },
  async note(form) {
    const said = Object.fromEntries(new FormData(form));
    if (!(await doIt("note", null, said))) return;
    form.reset();
    toldOf("note");
  },
};

async function clean(button) {
  const { bed, clean: what } = button.dataset;
  if (!(await doIt(what, null, { beds: [bed] }))) return;
  show();
  $(`[data-view=rooms] [data-bed="${bed}"] button`)?.focus();
}

// --- who is on shift -------------------------------------------------------------------------------------------------
const ON = "desk.on"; // in this tab: who came on without a line, null where it is locked
const LOCKS_AFTER = 10 * 60_000; // ms in which nobody touched it
let touched = Date.now();
const hasPin = (who) => Boolean(sheet?.people?.some(({ id }) => id === who?.id));
const isLocked = () => !on && Boolean(sheet?.people?.length);

/** Who is on: by the sheet, unless somebody came on here since, or the desk locked itself. */
function whoIsOn() {
  const kept = sessionStorage.getItem(ON);
  const said = kept === null ? sheet.me : JSON.parse(kept);
  return said && (said.id === sheet.me?.id || hasPin(said)) ? said : kept === null ? sheet.me : null;
}

function lockWhenIdle() {
  if (!hasPin(on) || Date.now() - touched < LOCKS_AFTER) return;
  sessionStorage.setItem(ON, "null");
  setOn(null);
  show();
}

function setOn(who) {
  on = who;
  $("[data-on-shift]").textContent = on?.name ?? words.nobody;
}

async function typedPin(form) {
  const person = sheet.people.find(({ id }) => String(id) === form.elements.who.value);
  const found = await comeOn(person, form.elements.pin.value);
  form.elements.pin.value = "";
  if (!found.token) {
    wrong(form, words[found.until ? "pin-locked" : "pin-wrong"]);
    return form.elements.pin.focus();
  }
  wrong(form, "");
  sessionStorage.setItem(ON, JSON.stringify(found));
  setOn(found);
  go(here.view === "shift" ? { view: "today", tab: "due_in" } : here);
  toldOf("", say("pin-on", found), " ");
}

// --- from here to there ----------------------------------------------------------------------------------------------
async function read() {
  await tidy();
  [sheet, queue] = [await sheetGet(), await queueAll()];
  if (sheet) {
    if (!on) setOn(whoIsOn());
    play();
  }
}

function asked() {
  const query = new URLSearchParams(location.search);
  const [, first = "", second = ""] = /^\/desk\/(\w*)\/?(\w*)/.exec(location.pathname) ?? [];
  const code = (query.get("stay") ?? (first === "stays" ? second : "")).toUpperCase();
  if (code) return { view: location.pathname.endsWith("/check-out/") && stays.has(code) ? "leave" : "stay", stay: code };
  if (first === "sync") return { view: "queue" };
  if (["checkin", "walkin", "rooms", "log", "shift"].includes(first)) return { view: first };
  const tab = query.get("tab");
  return { view: "today", tab: tab in LISTS ? tab : "due_in" };
}

document.addEventListener(
  "click",
  (event) => {
    const link = event.target.closest?.("a[data-go], a[data-tab], a[data-again], button[data-clean], button[data-take-back], button[data-noted]");
    if (!link || event.metaKey || event.ctrlKey || event.shiftKey) return;
    event.preventDefault();
    const { go: view, tab, stay } = link.dataset;
    const row = link.closest("[data-act], [data-line]");
    if (link.matches("[data-again]")) online();
    else if (tab) go({ view: "today", tab, href: link.getAttribute("href") });
    else if (view === "today") go({ view, tab: "due_in" });
    else if (view) go({ view, stay, ...(stay ? { href: link.href } : {}) });
    else if (link.matches("[data-clean]")) clean(link);
    else drop(row.dataset.act, row.dataset.line, link.matches("[data-take-back]"));
  },
  true,
);

async function drop(act, line, back) {
  if (act) await takeNote(act);
  else await lineDrop(line);
  await read();
  show();
  if (back) toldOf("", words["taken-back"], " ");
}

document.addEventListener(
  "submit",
  (event) => {
    const form = event.target;
    const { form: what } = form.dataset;
    if (form.matches("[data-letters]") || !(what || form.matches("[data-find], [data-pin]"))) return;
    event.preventDefault();
    if (form.matches("[data-find]")) {
      lookFor(form.elements.text.value);
      form.reset();
    } else send(form, what);
  },
  true,
);

// One tap does it once, however quick the finger.
const sending = new WeakSet();
async function send(form, what) {
  if (sending.has(form)) return;
  sending.add(form);
  wrong(form, "");
  try {
    await (FORMS[what] ?? typedPin)(form);
  } finally {
    sending.delete(form);
  }
}

$("[data-form=walk_in]").addEventListener("change", () => sheet && fits());
addEventListener("popstate", (event) => show(event.state ?? asked()));
// Of these views nothing is lost when they are drawn anew.
const LISTING = new Set(["today", "rooms", "queue"]);
onQueue(async () => {
  await read();
  if (LISTING.has(here.view)) show();
});
document.addEventListener("desk:sheet", async () => {
  await read();
  if (LISTING.has(here.view)) show();
});

// The line is back: what waits is sent (`line.js`); then the page of this address comes from the house, unless somebody
// is writing something, who is asked.
function online() {
  sessionStorage.removeItem(ON);
  // Else it would wait for the page as little as without a line, and show this one again.
  navigator.serviceWorker?.controller?.postMessage("on");
  if (location.pathname === "/desk/offline/") location.assign("/desk/");
  else location.reload();
}
async function back() {
  if (document.documentElement.dataset.connection === "off") return;
  const waiting = (await queueAll()).filter((entry) => !entry.turned_away).length;
  const typed = $$("[data-view]:not([hidden]) :is(input, textarea)").some((each) => (each.type === "checkbox" ? each.checked : !["radio", "hidden"].includes(each.type) && each.value));
  if (waiting) return;
  if (typed) $("[data-said-here]").replaceChildren(part("back"));
  else online();
}
document.addEventListener("desk:line", ({ detail }) => detail.on && back());
document.addEventListener("desk:queue", ({ detail }) => !detail.waiting && hasLine && back());
let hasLine = false;
document.addEventListener("desk:line", ({ detail }) => (hasLine = detail.on));

function clock() {
  $("[data-clock]").textContent = hourOf(houseTime());
}

async function start() {
  for (const name of ["theme", "size"]) {
    const chosen = document.cookie.match(`(?:^|; )${name}=(\\w+)`)?.[1];
    if (chosen) document.documentElement.dataset[name] = chosen;
  }
  clock();
  setInterval(clock, 5000);
  for (const kind of ["pointerdown", "keydown"]) addEventListener(kind, () => (touched = Date.now()), { passive: true, capture: true });
  setInterval(lockWhenIdle, 5000);
  await read();
  const text = sessionStorage.getItem("desk.find");
  sessionStorage.removeItem("desk.find");
  show(asked());
  if (text) lookFor(text);
  // The house may only have been slow: then nothing says that the line is back.
  setTimeout(() => document.documentElement.dataset.connection !== "off" && $("[data-said-here]").replaceChildren(part("back")), 5000);
  // What was kept for too long goes while the page stands open, too.
  setInterval(async () => {
    const had = sheet;
    await read();
    if (had && !sheet) show();
  }, 60_000);
}

start();
