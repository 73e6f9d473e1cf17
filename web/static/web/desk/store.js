// What the desk keeps on this device: the sheet of the day, and the acts that the house has not been told of yet.
//
// An entry of the queue is {act_id, what, stay, happened_at, by: {id, token}, said, knew}; `order` counts them as they
// came, `kept_at` is when they did by this device's own clock. Nothing personal stays longer than LIMIT: `tidy` sees to
// that, and every page of the desk calls it.

const NAME = "suqing-desk";
const LIMIT = 24 * 60 * 60 * 1000; // ms
// What may name a person, and is therefore only kept for LIMIT; who came and who left is a code, and stays.
const PERSONAL = ["walk_in", "note"];
// How many acts wait is told to the house by a cookie: who logs out would take them along (`web/leaving.py`).
const COOKIE = "desk_queue";

let opening = null;

/** Open the store, once a page; every function below does so by itself. */
export function openStore() {
  opening ??= new Promise((resolve, reject) => {
    const asked = indexedDB.open(NAME, 1);
    asked.onupgradeneeded = () => {
      const queue = asked.result.createObjectStore("queue", { keyPath: "order", autoIncrement: true });
      queue.createIndex("act_id", "act_id", { unique: true });
      asked.result.createObjectStore("sheets", { keyPath: "hostel.slug" });
      asked.result.createObjectStore("lines", { keyPath: "act_id" });
    };
    asked.onsuccess = () => {
      const store = asked.result;
      // Another page wipes or renews it: this one lets go, and opens it anew when it needs it.
      store.onversionchange = () => {
        store.close();
        opening = null;
      };
      store.onclose = () => {
        opening = null;
      };
      resolve(store);
    };
    asked.onerror = () => {
      opening = null;
      reject(asked.error);
    };
  });
  return opening;
}

/** Run `work(transaction)` over the `names`d parts; resolves with what its request found once all of it is kept. */
async function within(names, mode, work) {
  const store = await openStore();
  return new Promise((resolve, reject) => {
    const transaction = store.transaction(names, mode);
    const request = work(transaction);
    transaction.oncomplete = () => resolve(request?.result);
    transaction.onerror = transaction.onabort = () => reject(transaction.error);
  });
}

const of = (transaction, act_id) => transaction.objectStore("queue").index("act_id").getKey(act_id);

/** Add an act at the end of the queue. One that is in it already stays as it is: resolves with whether it was added. */
export async function queueAdd(entry) {
  let added = true;
  await within(["queue"], "readwrite", (transaction) => {
    const known = of(transaction, entry.act_id);
    known.onsuccess = () => {
      added = known.result === undefined;
      if (added) transaction.objectStore("queue").add({ ...entry, kept_at: new Date().toISOString() });
    };
  });
  await told();
  return added;
}

/** All acts of the queue, the earliest first. */
export const queueAll = () => within(["queue"], "readonly", (transaction) => transaction.objectStore("queue").getAll());

/** Keep something more beside an act that waits, as {turned_away: "…"}; nothing happens where it waits no longer. */
export async function queueMark(act_id, more) {
  await within(["queue"], "readwrite", (transaction) => {
    const key = of(transaction, act_id);
    key.onsuccess = () => {
      if (key.result === undefined) return;
      const queue = transaction.objectStore("queue");
      const found = queue.get(key.result);
      found.onsuccess = () => queue.put({ ...found.result, ...more });
    };
  });
  await told();
}

/** Take an act out of the queue: the house has answered for it. */
export async function queueDrop(act_id) {
  await within(["queue"], "readwrite", (transaction) => {
    const key = of(transaction, act_id);
    key.onsuccess = () => key.result !== undefined && transaction.objectStore("queue").delete(key.result);
  });
  await told();
}

/** Keep the sheet of a house; the one that was kept of it goes. */
export async function sheetPut(sheet) {
  const kept_at = new Date().toISOString();
  await within(["sheets"], "readwrite", (transaction) => transaction.objectStore("sheets").put({ ...sheet, kept_at }));
}

/** The sheet of the house called `slug`, or the newest that is kept; null where there is none that may still be read. */
export async function sheetGet(slug = "") {
  const sheets = await within(["sheets"], "readonly", (transaction) => transaction.objectStore("sheets").getAll());
  const there = sheets.filter((sheet) => (!slug || sheet.hostel.slug === slug) && !isOver(sheet));
  return there.sort((one, other) => other.kept_at.localeCompare(one.kept_at))[0] ?? null;
}

/** What remains of acts that could not be sent in time: [{act_id, what, happened_at, bed}], no person in it. */
export const linesAll = () => within(["lines"], "readonly", (transaction) => transaction.objectStore("lines").getAll());

/** Somebody has taken note of such a line. */
export const lineDrop = (act_id) =>
  within(["lines"], "readwrite", (transaction) => transaction.objectStore("lines").delete(act_id));

const since = (moment) => Date.now() - Date.parse(moment);
// The tablet's own clock says when it was kept; a clock that was put back says nothing, and then nothing is kept.
const isOver = ({ kept_at }) => {
  const age = since(kept_at);
  return !(age >= -60_000 && age < LIMIT);
};

/** Delete what has been kept for too long; true where something personal went. */
export async function tidy() {
  let went = false;
  await within(["queue", "sheets", "lines"], "readwrite", (transaction) => {
    const [queue, sheets, lines] = ["queue", "sheets", "lines"].map((name) => transaction.objectStore(name));
    sheets.openCursor().onsuccess = ({ target: { result: at } }) => {
      if (!at) return;
      if (isOver(at.value)) {
        at.delete();
        went = true;
      }
      at.continue();
    };
    queue.openCursor().onsuccess = ({ target: { result: at } }) => {
      if (!at) return;
      const { act_id, what, happened_at, said } = at.value;
      if (Math.abs(since(at.value.kept_at)) >= LIMIT) {
        if (PERSONAL.includes(what)) {
          lines.put({ act_id, what, happened_at, bed: said?.bed ?? "" });
          at.delete();
          went = true;
        } else if (said?.document_number) {
          at.update({ ...at.value, said: { ...said, document_number: "" } });
          went = true;
        }
      }
      at.continue();
    };
  });
  await told();
  return went;
}

/** Delete all of it from this device: what is kept here, and the pages and files that are. */
export async function wipe() {
  await within(["queue", "sheets", "lines"], "readwrite", (transaction) => {
    for (const name of ["queue", "sheets", "lines"]) transaction.objectStore(name).clear();
  });
  const store = await openStore();
  store.close();
  opening = null;
  await new Promise((resolve) => {
    const gone = indexedDB.deleteDatabase(NAME);
    gone.onsuccess = gone.onerror = gone.onblocked = () => resolve();
  });
  for (const name of (await globalThis.caches?.keys()) ?? []) await caches.delete(name);
  setCookie("", 0);
}

/** Only the sheets go: who is at this device may not read them any more. What waits to be sent stays. */
export const sheetsWipe = () =>
  within(["sheets"], "readwrite", (transaction) => transaction.objectStore("sheets").clear());

/** Tell the house by the cookie, and this page by an event, how many acts wait. */
async function told() {
  const waiting = await within(["queue"], "readonly", (transaction) => transaction.objectStore("queue").count());
  if (typeof document === "undefined") return;
  setCookie(waiting, 30 * 86_400);
  document.dispatchEvent(new CustomEvent("desk:queue", { detail: { waiting } }));
}

function setCookie(value, age) {
  const secure = location.protocol === "https:" ? "; secure" : "";
  document.cookie = `${COOKIE}=${value}; path=/; max-age=${age}; samesite=lax${secure}`;
}
