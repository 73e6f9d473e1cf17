// Is there a line? A heartbeat says so. Without one the forms of acts that can wait are kept in the queue, what needs
// the line says why it rests, and the header always says where things stand.
import { canWait, counts, FACTS, flush, houseTime, keep, onQueue, setClock, setOpen } from "./queue.js";
import { sheetGet, sheetPut, tidy } from "./store.js";

// ms. A lost line is seen after the pause and the patience at the latest: within three seconds.
const PAUSE = 1500;
const PATIENCE = 1200;
const PAUSE_HIDDEN = 15_000;
const SOON = 3000;
const AGAIN = 30_000; // what could not be sent is tried again
const FRESH = 120_000; // how old the sheet on the device may be while there is a line
const SENT = "desk.sent"; // what this tab has just sent as a form, until the next page says that it arrived

const SAYS = { on: "saysOn", off: "saysOff", waiting: "saysWaiting", sending: "saysSending", login: "saysLogin" };

const bar = document.querySelector("[data-line]");
const words = bar?.dataset ?? {};
const isShell = "shell" in words;
let on = true;
let loggedOut = false;
let syncing = false;
let wanted = false;

const fill = (text, n) => text.replace("{n}", n);

// --- the heartbeat ---------------------------------------------------------------------------------------------------
let beaten = false; // once, the line was looked at
let timer = 0;
let turn = 0;

async function beat() {
  clearTimeout(timer);
  const mine = ++turn;
  let answered = false;
  try {
    const how = { cache: "no-store", redirect: "manual", signal: AbortSignal.timeout(PATIENCE) };
    answered = (await fetch(words.beat, how)).status === 204; // what answers otherwise is not the house
  } catch {
    // No line: that is an answer too.
  }
  if (mine !== turn) return;
  timer = setTimeout(beat, document.hidden ? PAUSE_HIDDEN : PAUSE);
  if (answered === on && beaten) return;
  beaten = true;
  on = answered;
  document.documentElement.dataset.connection = on ? "on" : "off";
  rest();
  await paint();
  document.dispatchEvent(new CustomEvent("desk:line", { detail: { on } }));
  if (on) sync();
}

// --- sending ---------------------------------------------------------------------------------------------------------
async function sync(anyway = false) {
  if (!on) return;
  if (syncing) {
    wanted ||= anyway; // once more, when this is through
    return;
  }
  syncing = true;
  wanted = false;
  let result = "sent";
  try {
    const { waiting } = await counts();
    if (waiting) {
      await paint();
      result = await flush(words.acts);
      loggedOut = result === "login";
    }
    if (result === "sent") await freshen(anyway || waiting > 0);
  } finally {
    syncing = false;
  }
  await paint();
  if (wanted) await sync(true);
  else if (result === "off") {
    // What was sent got no answer: is there a line? If there is, it is tried again soon.
    setTimeout(sync, SOON);
    beat();
  }
}

// Have today on the device, so that it can be read when the line goes.
async function freshen(anyway) {
  const sheet = await sheetGet(words.hostel);
  const house = words.hostel || sheet?.hostel.slug || "";
  const isMine = sheet && (!words.me || String(sheet.me?.id) === words.me);
  if (isMine && !anyway && Date.now() - Date.parse(sheet.kept_at) < FRESH) return;
  const from = new URL(words.sheet, location);
  if (house) from.searchParams.set("hostel", house);
  try {
    const answer = await fetch(from, { cache: "no-store", redirect: "manual", signal: AbortSignal.timeout(20_000) });
    loggedOut = answer.type === "opaqueredirect";
    if (!answer.ok) return;
    const fresh = await answer.json();
    await sheetPut(fresh);
    setClock(fresh.made_at);
    document.dispatchEvent(new CustomEvent("desk:sheet"));
  } catch {
    // The heartbeat says the rest.
  }
}

// --- what it says ----------------------------------------------------------------------------------------------------
const part = (name) => bar.querySelector(`[data-line-${name}]`);
const NOTHING = { waiting: 0, attention: 0 };
let banner = null;
let painted = 0;

async function paint() {
  const mine = ++painted;
  // A browser that keeps nothing still says whether there is a line.
  const kept = [counts().catch(() => NOTHING), sheetGet(words.hostel).catch(() => null)];
  const [{ waiting, attention }, sheet] = await Promise.all(kept);
  if (mine !== painted) return;
  const state = !on ? "off" : loggedOut ? "login" : syncing && waiting ? "sending" : waiting ? "waiting" : "on";
  part("says").textContent = fill(words[SAYS[state]], waiting);
  part("synced").hidden = !sheet;
  if (sheet) part("synced").textContent = words.saysSynced.replace("{time}", hour(sheet.made_at));
  part("open").hidden = !attention;
  part("open").textContent = fill(words.saysAttention, attention);
  const [says, login] = banner.children;
  const said = fill({ off: words.bannerOff, login: words.bannerLogin }[state] ?? "", waiting);
  if (says.textContent !== said) says.textContent = said; // said aloud only when it changes
  login.hidden = state !== "login";
  banner.classList.toggle("line-quiet", !said);
  Object.assign(bar.dataset, { state, waiting, attention });
}

const hour = (moment) =>
  new Date(moment).toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit", timeZone: "Asia/Shanghai" });

// --- what rests without a line ---------------------------------------------------------------------------------------
const RESTS = "form:not([role=search], [data-letters], [method=dialog]) :is(button, input[type=submit]):not([type=button])";
const resting = new Map(); // each element with what wakes it
const reasons = new Map(); // what each part of the page says, once
const watch = new MutationObserver(() => rest());

function rest() {
  watch.disconnect();
  if (on) {
    for (const wake of resting.values()) wake();
    for (const reason of reasons.values()) reason.remove();
    resting.clear();
    reasons.clear();
    return;
  }
  for (const each of document.querySelectorAll(`[data-needs-line], a[href^="/desk/evidence/"], ${RESTS}`)) {
    const form = each.closest("form");
    const named = each.closest("[data-needs-line]");
    if (resting.has(each) || each.closest("[data-line]") || (isShell && !named)) continue;
    if (!named && form && canWait(form.dataset.act)) continue;
    lay(each, named?.dataset.needsLine || words.needs);
  }
  watch.observe(document.body, { childList: true, subtree: true });
}

function lay(each, why) {
  if (each.matches("a[href]")) {
    const { href } = each;
    each.removeAttribute("href");
    resting.set(each, () => each.setAttribute("href", href));
    each.setAttribute("aria-disabled", "true");
  } else if (each.matches("button, input, select, textarea, fieldset")) {
    if (each.disabled) return; // for a reason of its own
    each.disabled = true;
    resting.set(each, () => (each.disabled = false));
  } else return;
  const before = each.getAttribute("aria-describedby");
  const wake = resting.get(each);
  resting.set(each, () => {
    wake();
    each.removeAttribute("aria-disabled");
    if (before) each.setAttribute("aria-describedby", before);
    else each.removeAttribute("aria-describedby");
  });
  each.setAttribute("aria-describedby", because(each.parentElement, why).id);
}

function because(part, why) {
  if (!reasons.has(part)) {
    const reason = document.createElement("span");
    reason.id = `why-${reasons.size + 1}`;
    reason.className = "why";
    reason.textContent = why;
    part.append(reason);
    reasons.set(part, reason);
  }
  return reasons.get(part);
}

// --- forms -----------------------------------------------------------------------------------------------------------
const NOT_SAID = new Set(["csrfmiddlewaretoken", "act_id", "what", "hostel", "next"]);

// What a form says, as the queue says it: ticks are true, beds a list, the rest as it was typed.
function saidBy(form, submitter) {
  const fields = new FormData(form, submitter);
  const said = {};
  for (const name of new Set(fields.keys())) {
    if (NOT_SAID.has(name)) continue;
    const control = form.elements[name];
    if (name === "beds") said[name] = fields.getAll(name);
    else if (control?.type === "checkbox") said[name] = control.checked;
    else said[name] = fields.get(name);
  }
  return said;
}

function entryOf(form, submitter) {
  const what = form.dataset.act;
  const { stay = "", ...said } = saidBy(form, submitter);
  if (what === "note" && stay) said.stay = stay;
  return { act_id: form.elements.act_id?.value, hostel: words.hostel, what, stay: form.dataset.stay || stay || null, said };
}

async function keepForm(form, submitter) {
  const tick = form.elements.compared;
  if (tick?.type === "checkbox" && !tick.checked) {
    say(form, words.tick, "warn");
    tick.focus();
    return;
  }
  const entry = entryOf(form, submitter);
  try {
    await keep(entry);
  } catch {
    say(form, words.notKept, "warn");
    return;
  }
  for (const button of form.querySelectorAll("button, input[type=submit]")) button.disabled = true;
  say(form, FACTS.has(entry.what) ? words.fact : words.claim, "ok");
}

function say(form, text, tone) {
  form.querySelector(".line-note")?.remove();
  const note = document.createElement("div");
  note.className = `note note-${tone} line-note`;
  note.setAttribute("role", "status");
  note.textContent = text;
  if (tone === "ok") {
    const link = document.createElement("a");
    link.href = words.today;
    link.textContent = words.todayWords;
    note.append(" ", link);
  }
  form.append(note);
}

const isHere = () => on && navigator.onLine;

function submitted(event) {
  const form = event.target;
  if (isShell || isHere() || form.method === "dialog" || form.matches("[data-letters]")) return;
  event.preventDefault();
  if (form.matches("[role=search]")) {
    // The box finds in what is on the device. What was read from a document stands in no address.
    sessionStorage.setItem("desk.find", form.querySelector("input:not([type=hidden])").value);
    location.assign(words.today);
  } else if (canWait(form.dataset.act)) {
    keepForm(form, event.submitter);
  } else {
    say(form, words.needs, "warn");
  }
}

// The line may be gone already, unseen: what really goes out as a form is kept until the next page shows that it arrived.
function goesOut(event) {
  const form = event.target;
  if (isShell || event.defaultPrevented || !canWait(form.dataset.act)) return;
  const happened_at = houseTime().toISOString();
  sessionStorage.setItem(SENT, JSON.stringify({ ...entryOf(form, event.submitter), happened_at }));
}

// What leads out of the desk would lead nowhere: the page stays and says so.
function followed(event) {
  const link = event.target.closest?.("a[href]");
  if (on || !link || link.origin !== location.origin || link.pathname.startsWith("/desk/") || link.hash) return;
  event.preventDefault();
  const said = document.querySelector("[data-said]");
  if (said) said.textContent = words.needs;
}

// The page before this one sent an act. A page of the house is its answer; the worker's address, or its shell, means that
// it may not have arrived: it is sent once more under the same id, and done once.
async function settleSent() {
  const sent = sessionStorage.getItem(SENT);
  sessionStorage.removeItem(SENT);
  const here = new URL(location);
  const isUnsure = isShell || here.searchParams.has("unsure");
  if (sent && isUnsure) await keep(JSON.parse(sent));
  here.searchParams.delete("unsure");
  history.replaceState(history.state, "", here);
  return Boolean(sent);
}

async function start() {
  banner = part("banner").content.firstElementChild.cloneNode(true);
  banner.classList.add("line-quiet");
  (bar.closest("header") ?? bar).after(banner);
  part("now").hidden = false;
  const open = document.querySelector("[data-open-clashes]");
  if (open) setOpen(Number(open.dataset.openClashes));
  document.addEventListener("submit", submitted, true);
  addEventListener("submit", goesOut);
  document.addEventListener("click", followed, true);
  part("now").addEventListener("click", async ({ currentTarget }) => {
    currentTarget.disabled = true;
    await beat();
    await sync(true);
    currentTarget.disabled = false;
  });
  addEventListener("online", beat);
  addEventListener("offline", beat);
  document.addEventListener("visibilitychange", async () => {
    if (document.hidden) return;
    await beat();
    sync();
  });
  onQueue(async () => {
    await paint();
    sync();
  });
  setInterval(sync, AGAIN);
  await tidy();
  const justSent = await settleSent();
  await beat();
  await paint();
  sync(justSent);
}

if (bar) start();
