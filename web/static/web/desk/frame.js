// The clock of the desk, and the lock after ten minutes in which nobody touched it. The page does all it does without.
(() => {
  "use strict";
  const clock = document.querySelector("[data-clock]");
  if (clock) {
    // The house's time, whatever the tablet believes: what the page said, and what has passed since.
    const said = Date.parse(clock.dataset.now);
    const began = performance.now();
    const shown = new Intl.DateTimeFormat("en-GB", { timeZone: "Asia/Shanghai", hour: "2-digit", minute: "2-digit" });
    const tick = () => {
      clock.textContent = shown.format(said + performance.now() - began);
    };
    setInterval(tick, 5000);
  }
  const on = document.querySelector("[data-idle]");
  if (!on) return;
  let touched = Date.now();
  for (const kind of ["pointerdown", "keydown", "touchstart"]) {
    addEventListener(kind, () => (touched = Date.now()), { passive: true, capture: true });
  }
  // Who reads and types asks the house for nothing: it is told that they are there, so that it does not lock under them.
  const HERE = 4 * 60 * 1000;
  let told = Date.now();
  setInterval(() => {
    if (touched > told && Date.now() - told > HERE && navigator.onLine) {
      told = Date.now();
      const here = new URL(on.href);
      here.searchParams.set("here", "1");
      fetch(here, { method: "HEAD" }).catch(() => {});
    }
    if (Date.now() - touched < Number(on.dataset.idle) * 1000 || !navigator.onLine) return;
    const where = new URL(on.href);
    where.searchParams.set("next", location.pathname + location.search);
    where.searchParams.set("idle", "1");
    location.assign(where);
  }, 5000);
})();
