// The answer follows what is typed and tapped. Without this file the button "Only ask" does the same.
(() => {
  "use strict";
  const form = document.querySelector(".walkin");
  const answer = document.getElementById("answer");
  if (!form || !answer) return;
  const button = form.querySelector("[data-ask]");
  let asked = 0;
  let waits = 0;
  const ask = async () => {
    const mine = ++asked;
    const sent = new FormData(form);
    sent.append(button.name, button.value);
    try {
      const page = await fetch(form.action, { method: "POST", body: sent });
      const read = new DOMParser().parseFromString(await page.text(), "text/html");
      const fresh = read.getElementById("answer");
      if (mine !== asked || !fresh) return;
      answer.replaceChildren(...fresh.childNodes);
      answer.dataset.outcome = fresh.dataset.outcome;
      // What somebody known has answered before, and questions that an answer brings up, come with it.
      for (const group of read.querySelectorAll(".walkin-said fieldset[id]")) {
        const here = document.getElementById(group.id);
        const chosen = here?.querySelector("input:checked");
        if (!here) last().after(group);
        else if (!chosen) here.querySelectorAll("input").forEach((each) => (each.checked = !!group.querySelector(`[value="${CSS.escape(each.value)}"]:checked`)));
      }
      button.hidden = true;
    } catch {
      // Without a line the button stays, and the form does what the queue does.
      button.hidden = false;
    }
  };
  const last = () => [...form.querySelectorAll(".walkin-said fieldset[id]")].at(-1);
  form.addEventListener("change", ({ target }) => {
    if (target.name === "compared" || target.name === "bed") return;
    clearTimeout(waits);
    waits = setTimeout(ask, 150);
  });
})();
