// Makes this device ready for the hour without a line: the worker is there, its shell speaks the language of who is on,
// and it knows at once when the line is gone.
const script = document.querySelector("script[data-worker]");
const { worker, shell } = script.dataset;

async function ready() {
  const registration = await navigator.serviceWorker.register(worker, { scope: "/desk/", updateViaCache: "none" });
  document.addEventListener("desk:line", ({ detail }) => registration.active?.postMessage(detail.on ? "on" : "off"));
  await navigator.serviceWorker.ready;
  const kept = await caches.match(shell);
  const speaks = kept?.headers.get("Content-Language") ?? "";
  if (speaks.toLowerCase() !== document.documentElement.lang.toLowerCase()) registration.active?.postMessage("shell");
}

// Without a worker (an old browser, an address without a lock) the desk works as long as there is a line.
if ("serviceWorker" in navigator) ready().catch(() => {});
