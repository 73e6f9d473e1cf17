// How long until a new code may be asked for, counted down; without scripts the sentence says it once.
(() => {
  "use strict";
  const line = document.querySelector("[data-wait]");
  const button = line?.closest("form").querySelector("button");
  if (!button || !Number(line.dataset.wait)) return;
  const after = line.textContent;
  const until = Date.now() + line.dataset.wait * 1000;
  button.disabled = true;
  const tick = () => {
    const left = Math.ceil((until - Date.now()) / 1000);
    if (left > 0) {
      line.textContent = line.dataset.words.replace("{seconds}", left);
      return;
    }
    clearInterval(ticking);
    line.textContent = after;
    button.disabled = false;
  };
  const ticking = setInterval(tick, 1000);
  tick();
})();
