// A draft with words that nobody saved is not left by a slip of the hand. Everything works without this file.
(() => {
  "use strict";
  const form = document.getElementById("policy-form");
  if (!form) return;
  let typed = "unsaved" in form.dataset;
  form.addEventListener("input", () => (typed = true));
  form.addEventListener("submit", () => (typed = false));
  addEventListener("beforeunload", (event) => typed && event.preventDefault());
})();
