// Answers for the desk's pages when the line is gone: with the shell (`web/desk/offline.py`), which shows what is in the
// store. No page about a guest is ever kept here; only the shell, which names nobody, and the files of the pages.
(() => {
  "use strict";
  const { version, files, shell, statics } = self.desk;
  const NAME = `desk-${version}`;
  const NAMED_BY_CONTENT = /\.[0-9a-f]{12}\.\w+$/;
  const NO_HOUSE = [502, 503, 504]; // the proxy answers, and nobody behind it
  const PATIENCE = 8000; // ms for a page, while the line seems to be there
  const IMPATIENCE = 1000; // ms, once it was seen to be gone
  const LOST = 15_000; // ms for which that is believed
  let lostAt = -Infinity;
  const isLost = () => Date.now() - lostAt < LOST;

  const within = (milliseconds, request) =>
    Promise.race([
      fetch(request),
      new Promise((_, reject) => setTimeout(() => reject(new DOMException("no answer", "TimeoutError")), milliseconds)),
    ]);

  async function keepShell() {
    const answer = await fetch(new Request(shell, { cache: "reload", credentials: "same-origin" }));
    if (!answer.ok || answer.redirected) throw new Error(`the shell answered ${answer.status}`);
    await (await caches.open(NAME)).put(shell, answer);
  }

  async function keepAll() {
    const cache = await caches.open(NAME);
    await Promise.all([keepShell(), cache.addAll(files.map((file) => new Request(file, { cache: "no-cache" })))]);
    await self.skipWaiting();
  }

  async function forgetOlder() {
    for (const name of await caches.keys()) if (name.startsWith("desk-") && name !== NAME) await caches.delete(name);
    await self.clients.claim();
  }

  // That page sends the act again, under its own id (`line.js`).
  function unsure(url) {
    const to = new URL(url);
    to.searchParams.set("unsure", "1");
    return to;
  }

  async function page(request) {
    const isRead = request.method === "GET";
    try {
      const answer = await within(isRead ? (isLost() ? IMPATIENCE : PATIENCE) : 2 * PATIENCE, request);
      if (!NO_HOUSE.includes(answer.status)) {
        lostAt = -Infinity;
        return answer;
      }
    } catch {
      // No line.
    }
    lostAt = Date.now();
    // What was sent may have arrived or not; the page that comes instead is one that can be reloaded.
    if (!isRead) return Response.redirect(unsure(request.url), 303);
    return (await caches.match(shell, { cacheName: NAME })) ?? Response.error();
  }

  async function file(event) {
    const { request } = event;
    const cache = await caches.open(NAME);
    const kept = await cache.match(request, { ignoreVary: true });
    if (kept && (NAMED_BY_CONTENT.test(new URL(request.url).pathname) || isLost())) return kept;
    try {
      const answer = await within(kept ? 2 * IMPATIENCE : 2 * PATIENCE, request);
      if (answer.status === 200) event.waitUntil(cache.put(request, answer.clone()));
      return NO_HOUSE.includes(answer.status) && kept ? kept : answer;
    } catch (gone) {
      if (kept) return kept;
      throw gone;
    }
  }

  self.addEventListener("install", (event) => event.waitUntil(keepAll()));
  self.addEventListener("activate", (event) => event.waitUntil(forgetOlder()));
  self.addEventListener("message", (event) => {
    if (event.data === "shell") event.waitUntil(keepShell().catch(() => {}));
    if (event.data === "off") lostAt = Date.now();
    if (event.data === "on") lostAt = -Infinity;
  });
  self.addEventListener("fetch", (event) => {
    const { request } = event;
    const { origin, pathname } = new URL(request.url);
    if (origin !== location.origin) return;
    if (request.mode === "navigate" && pathname.startsWith("/desk/")) event.respondWith(page(request));
    else if (request.method === "GET" && pathname.startsWith(statics)) event.respondWith(file(event));
  });
})();
