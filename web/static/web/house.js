// Enhancement only: every page does all it does without this file.
(() => {
  "use strict";
  // A summary of errors is what the reader needs first.
  document.querySelector("[data-focus]")?.focus();

  // A choice that filters the list shows its result at once; its button is for those without scripts.
  for (const form of document.querySelectorAll("form[data-live]")) {
    form.querySelector("[data-live-button]")?.setAttribute("hidden", "");
    form.addEventListener("change", () => form.requestSubmit());
  }

  // One tap sends once; the button keeps its width and says that it works.
  document.addEventListener("submit", (event) => {
    const button = event.submitter ?? event.target.querySelector("[type=submit]");
    if (!button?.dataset.busy) return;
    button.style.width = `${button.offsetWidth}px`;
    setTimeout(() => {
      button.disabled = true;
      button.textContent = button.dataset.busy;
    });
  });
  // Back from the next page: the form is ready again.
  addEventListener("pageshow", (event) => event.persisted && location.reload());

  // The chosen day comes into view in a strip wider than the screen.
  for (const on of document.querySelectorAll(".days [aria-current]")) {
    const strip = on.closest(".days");
    strip.scrollLeft = on.offsetLeft - strip.offsetLeft - 3;
  }

  // Photos further down come when they are nearly in view; without scripts they are simply there.
  const near = new IntersectionObserver(
    (seen) => {
      for (const { target } of seen.filter((each) => each.isIntersecting)) {
        near.unobserve(target);
        target.outerHTML = target.querySelector("noscript").textContent;
      }
    },
    { rootMargin: "200px" },
  );
  for (const photo of document.querySelectorAll("[data-later]")) near.observe(photo);

  // Parts that only some answers need: shown and hidden as the answer changes.
  for (const part of document.querySelectorAll("[data-when]")) {
    const [name, values] = part.dataset.when.split("=");
    const wanted = values.split(",");
    const look = () => {
      const picked = document.querySelector(`[name="${name}"]:checked`)?.value ?? "";
      part.hidden = !wanted.includes(picked);
    };
    document.addEventListener("change", look);
    look();
  }
})();
