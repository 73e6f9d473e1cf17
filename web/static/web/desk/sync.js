// What waits on this device, listed: what, whose, when it happened, how it stands.
import { onQueue, takeNote } from "./queue.js";
import { queueAll } from "./store.js";

const place = document.querySelector("[data-queue]");
const list = place?.querySelector("[data-queue-list]");
const none = place?.querySelector("[data-queue-none]");
const row = place?.querySelector("[data-queue-row]");
const words = Object.fromEntries([...(place?.querySelectorAll("data") ?? [])].map((each) => [each.value, each.textContent]));
const language = document.documentElement.lang;
const moment = (text) =>
  new Date(text).toLocaleString(language, { month: "short", day: "numeric", hour: "2-digit", minute: "2-digit", hour12: false });

function line(entry) {
  const made = row.content.cloneNode(true);
  const part = (name) => made.querySelector(`[data-row-${name}]`);
  part("what").textContent = words[entry.what] ?? entry.what;
  part("stay").textContent = entry.stay ?? "";
  part("when").textContent = moment(entry.happened_at);
  part("says").textContent = entry.turned_away || place.dataset.sent;
  part("noted").hidden = !entry.turned_away;
  part("noted").addEventListener("click", () => takeNote(entry.act_id));
  return made;
}

async function show() {
  const all = await queueAll();
  list.firstElementChild.replaceChildren(...all.map(line));
  list.hidden = !all.length;
  none.hidden = all.length > 0;
  none.textContent = place.dataset.none;
}

if (place) {
  onQueue(show);
  show();
}
