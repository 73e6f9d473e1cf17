// What was done at the desk without a line: kept in this browser, sent when the line is back, each act once.
//
// An entry is what travels: { act_id, what, stay, happened_at, by: { id, token }, said, knew }, and beside it the
// `hostel` it was done in. It leaves the device only when the server's answer names it; what the server cannot read at
// all comes back with its sentence (`turned_away`) and stays until somebody has taken note.
import { queueAdd, queueAll, queueDrop, queueMark, sheetGet } from "./store.js";

// Acts that may be queued: facts are always accepted, claims are tentative until the house has said so.
export const FACTS = new Set(["check_in", "check_out", "begin_cleaning", "cleaned", "soiled", "note", "note_done"]);
export const CLAIMS = new Set(["walk_in", "extend", "shorten", "move", "swap", "place", "block"]);
export const canWait = (what) => FACTS.has(what) || CLAIMS.has(what);

const AT_ONCE = 20; // acts in one request: what does not fit takes the house a while
const PATIENCE = 20_000; // ms for one request
const others = "BroadcastChannel" in self ? new BroadcastChannel("desk") : null;
const listeners = new Set();

// Called with nothing whenever the queue may have changed, in this tab or another.
export function onQueue(listener) {
  listeners.add(listener);
}
const tell = (all = true) => {
  for (const listener of listeners) listener();
  if (all) others?.postMessage("queue");
};
others?.addEventListener("message", () => tell(false));

const remembered = (name, make) => {
  const kept = localStorage.getItem(name) ?? make();
  localStorage.setItem(name, kept);
  return kept;
};
export const newActId = () =>
  btoa(String.fromCharCode(...crypto.getRandomValues(new Uint8Array(12)))).replaceAll("+", "-").replaceAll("/", "_");
const device = () => remembered("desk.device", newActId);

// A tablet's clock may be wrong: moments are told by the house's clock, as far as it was last seen.
export function setClock(moment) {
  const ahead = Date.parse(moment) - Date.now();
  if (Number.isFinite(ahead)) localStorage.setItem("desk.ahead", String(ahead));
}
export const houseTime = () => new Date(Date.now() + Number(localStorage.getItem("desk.ahead") ?? 0));

// Keep an act until it can be sent. What is not said of it is filled in: its id, the moment, who is on shift by the
// last sheet, what the sheet said of the stay. Returns the whole entry.
export async function keep({ act_id = newActId(), what, stay = null, said = {}, hostel = "", ...more }) {
  const sheet = await sheetGet(hostel);
  const known = sheet?.stays.find(({ code }) => code === stay);
  const entry = {
    act_id,
    what,
    stay,
    happened_at: houseTime().toISOString(),
    by: { id: sheet?.me?.id ?? null, token: sheet?.me?.token ?? "" },
    said,
    knew: { status: known?.status ?? "", bed: known?.bed ?? "", made_at: sheet?.made_at ?? "" },
    hostel: hostel || (sheet?.hostel.slug ?? ""),
    ...more,
  };
  await queueAdd(entry);
  tell();
  return entry;
}

// How many wait, and how many want somebody's eye.
export async function counts() {
  const all = await queueAll();
  const away = all.filter((entry) => entry.turned_away).length;
  return { waiting: all.length - away, attention: away + Number(localStorage.getItem("desk.open") ?? 0) };
}

export function setOpen(clashes) {
  localStorage.setItem("desk.open", String(clashes));
  tell();
}

// Somebody has read why the server could not take this act.
export async function takeNote(actId) {
  await queueDrop(actId);
  tell();
}

// Send all that waits to `url`, in order. One tab does it at a time; how often it is asked does not matter.
// Returns "sent" (all that could be), "off" (no line), "login" (nobody is logged in), "busy" (another tab sends).
export function flush(url) {
  if (!navigator.locks) return send(url);
  return navigator.locks.request("desk-queue", { ifAvailable: true }, (lock) => (lock ? send(url) : "busy"));
}

async function send(url) {
  const aside = new Set(); // what could not be taken this time, and what comes after it for the same stay
  let most = AT_ONCE;
  for (;;) {
    const acts = (await queueAll()).filter((each) => !each.turned_away && !aside.has(each.act_id) && !aside.has(each.stay));
    if (!acts.length) return "sent";
    const batch = acts.filter(({ hostel }) => hostel === acts[0].hostel).slice(0, most);
    const answer = await post(url, batch);
    if (typeof answer === "string") return answer;
    if (Array.isArray(answer.acts)) {
      const named = await sort(batch, answer);
      for (const each of batch) if (!named.has(each.act_id)) aside.add(each.act_id).add(each.stay ?? each.act_id);
    } else if (batch.length > 1) {
      most = 1; // one of them is in the way: each goes by itself
    } else {
      aside.add(batch[0].act_id).add(batch[0].stay ?? batch[0].act_id);
    }
  }
}

async function post(url, batch) {
  const to = new URL(url, location);
  if (batch[0].hostel) to.searchParams.set("hostel", batch[0].hostel);
  const acts = batch.map(({ hostel, order, kept_at, ...act }) => act);
  try {
    const answer = await fetch(to, {
      method: "POST",
      headers: { "Content-Type": "application/json", "X-CSRFToken": csrf() },
      body: JSON.stringify({ device: device(), acts }),
      redirect: "manual",
      signal: AbortSignal.timeout(PATIENCE),
    });
    if (answer.type === "opaqueredirect" || answer.status === 401 || answer.status === 403) return "login";
    if (answer.status === 502 || answer.status === 503 || answer.status === 504) return "off";
    return answer.ok ? await answer.json() : {};
  } catch {
    return "off";
  }
}

// Let go of what the answer names; returns the ids it names.
async function sort(batch, answer) {
  const sent = new Set(batch.map(({ act_id }) => act_id));
  const named = new Set();
  for (const { act_id, outcome, sentence } of answer.acts) {
    if (!sent.has(act_id)) continue;
    named.add(act_id);
    if (outcome === "turned_away") await queueMark(act_id, { turned_away: sentence });
    else await queueDrop(act_id);
  }
  if (answer.now) setClock(answer.now);
  setOpen(answer.open ?? 0);
  return named;
}

const csrf = () => document.cookie.match(/(?:^|; )csrftoken=([^;]*)/)?.[1] ?? "";
