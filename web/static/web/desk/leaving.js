// Before somebody logs out: what waits to be sent holds them back; else all that the desk keeps here is deleted, also in
// a browser that does not do so when the house asks it to.
import { queueAll, tidy, wipe } from "./store.js";

const form = document.querySelector("[data-leave]");
const button = form.querySelector("button");

async function look() {
  await tidy();
  const waiting = (await queueAll()).length;
  document.querySelector("[data-held]").hidden = !waiting;
  document.querySelector("[data-waiting]").textContent = waiting;
  button.disabled = Boolean(waiting);
  return waiting;
}

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  if (await look()) return;
  await wipe();
  for (const name of Object.keys(localStorage)) if (name.startsWith("desk")) localStorage.removeItem(name);
  sessionStorage.clear();
  for (const worker of (await navigator.serviceWorker?.getRegistrations()) ?? []) await worker.unregister();
  form.submit();
});

look();
