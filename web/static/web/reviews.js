// The keys of the review page, and the text that is about to be sent. Without this file the page works by its buttons.
(() => {
  "use strict";
  const page = document.querySelector("[data-review-keys]");
  if (!page) return;
  for (const part of document.querySelectorAll("[data-with-script]")) part.hidden = false;
  for (const part of document.querySelectorAll("[data-without-script]")) part.hidden = true;
  const on = page.dataset.reviewKeys === "on";
  document.body.classList.toggle("keys-on", on);

  // Where somebody types, a key is a letter; a tick is no typing.
  const types = (target) =>
    target.closest?.("textarea, select, input:not([type=checkbox], [type=radio]), [contenteditable]");
  const dialog = document.getElementById("keys");
  const picture = () => document.querySelector(".sheet > :checked + figure .picture");

  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "Escape") {
      const open = document.querySelector("details.answer[open]");
      if (!open || dialog?.open) return;
      open.open = false;
      open.querySelector("summary").focus();
      return;
    }
    if (!on || event.repeat || dialog?.open || types(event.target)) return;
    const found = document.querySelectorAll(`[data-key="${CSS.escape(event.key.toLowerCase())}"]`);
    const wanted = [...found].find((each) => each.checkVisibility() && !each.closest(":disabled"));
    if (!wanted) return;
    event.preventDefault();
    wanted.click();
    // Then Enter sends what the digits chose, and the arrows move a picture that is zoomed.
    if (wanted.name === "because") wanted.form.querySelector("[data-send]").focus();
    if (wanted.matches("summary")) wanted.focus();
    if (wanted.matches(".answer > summary")) wanted.scrollIntoView({ block: "nearest" });
    if (wanted.id === "zoom") picture()?.focus({ preventScroll: true });
  });

  for (const button of document.querySelectorAll("[data-opens]")) {
    button.addEventListener("click", () => document.getElementById(button.dataset.opens).showModal());
  }

  // A picture that is zoomed begins at its upper left corner.
  document.querySelector(".viewer")?.addEventListener("change", () => {
    const box = picture();
    if (!box) return;
    const [wide, tall] = ["width", "height"].map((side) => Number(box.querySelector("img").getAttribute(side)));
    const ratio = document.querySelector("#turn-90:checked, #turn-270:checked") ? wide / tall : tall / wide;
    const { scrollWidth, scrollHeight } = box;
    const [left, top] = [scrollWidth - scrollHeight / ratio, scrollHeight - scrollWidth * ratio];
    box.scrollTo(Math.max(left, 0) / 2, Math.max(top, 0) / 2);
  });

  // What will be sent, as it would read now.
  for (const form of document.querySelectorAll("form[data-told-at]")) {
    let waiting = 0;
    let asked = 0;
    const ask = async () => {
      const mine = ++asked;
      const answer = await fetch(form.dataset.toldAt, {
        method: "POST",
        headers: { "X-Part": "text" },
        body: new FormData(form),
      }).catch(() => null);
      if (answer?.ok && mine === asked) form.querySelector("[data-told]").innerHTML = await answer.text();
    };
    form.addEventListener("change", ask);
    form.addEventListener("input", (event) => {
      if (!types(event.target)) return;
      clearTimeout(waiting);
      waiting = setTimeout(ask, 300);
    });
  }

  // While somebody works here the question stays theirs; who only left the page open lets it go.
  let busy = false;
  for (const sign of ["keydown", "pointerdown", "wheel"]) {
    document.addEventListener(sign, () => (busy = true), { passive: true });
  }
  if (page.dataset.look) {
    const token = document.querySelector("[name=csrfmiddlewaretoken]").value;
    const renew = async () => {
      if (!busy || document.hidden) return;
      busy = false;
      const answer = await fetch(page.dataset.look, { method: "POST", headers: { "X-CSRFToken": token } }).catch(
        () => null,
      );
      if (answer?.status !== 409) return;
      clearInterval(clock);
      document.querySelector(".case-head").insertAdjacentHTML("beforeend", await answer.text());
      document.querySelector(".answers")?.setAttribute("disabled", "");
    };
    const clock = setInterval(renew, 120000);
  }
})();
