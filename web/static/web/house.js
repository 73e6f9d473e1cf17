// Enhancement only: every page does all it does without this file.
(() => {
  "use strict";
  const said = document.querySelector("[data-said]");
  const words = document.body.dataset;
  const SKELETON = 300; // ms: until here nothing moves
  const SLOW = 8000; // ms: from here it is said, with a way to ask once more

  // A summary of errors is what the reader needs first.
  document.querySelector("[data-focus]")?.focus();

  // A choice that filters the list shows its result at once; its button is for those without scripts.
  for (const form of document.querySelectorAll("form[data-live]")) {
    form.querySelector("[data-live-button]")?.setAttribute("hidden", "");
    form.addEventListener("change", () => form.requestSubmit());
  }

  // What takes long says so, with a way to ask once more.
  let waits = 0;
  let drawn = 0;
  const wait = (again) => {
    clearTimeout(waits);
    waits = setTimeout(() => {
      const button = document.createElement("button");
      button.className = "btn btn-small";
      button.textContent = words.again;
      button.addEventListener("click", () => {
        said.replaceChildren();
        again();
      });
      said.replaceChildren(words.slow, " ", button);
    }, SLOW);
  };

  // One tap sends once; the button keeps its width and says that it works.
  const busy = new Map();
  const rest = () => {
    clearTimeout(waits);
    clearTimeout(drawn);
    said?.replaceChildren();
    document.querySelector("main").removeAttribute("aria-busy");
    for (const [button, before] of busy) {
      button.disabled = false;
      button.replaceChildren(...before);
      button.style.width = button.style.minHeight = "";
    }
    busy.clear();
  };
  const work = (button, label) => {
    if (busy.has(button)) return;
    const { offsetWidth, offsetHeight } = button;
    busy.set(button, [...button.childNodes]);
    button.style.width = `${offsetWidth}px`;
    button.style.minHeight = `${offsetHeight}px`;
    button.disabled = true;
    button.textContent = label;
  };

  document.addEventListener("submit", (event) => {
    const form = event.target;
    const button = event.submitter ?? form.querySelector("[type=submit], button:not([type])");
    if (event.defaultPrevented || form.method === "dialog") return;
    form.offlineNote?.remove();
    if (!navigator.onLine && words.offline) {
      // What was typed stays; the words stand where the finger is.
      event.preventDefault();
      const note = document.createElement("p");
      note.className = "note note-warn offline";
      note.setAttribute("role", "alert");
      note.textContent = words.offline;
      form.offlineNote = note;
      (button ?? form.lastElementChild).before(note);
      return;
    }
    if (form.matches("[data-letters]")) {
      // The letters grow at once: no page is asked for, so nothing typed is lost.
      event.preventDefault();
      const size = button.value;
      document.documentElement.dataset.size = size;
      if (!size) delete document.documentElement.dataset.size;
      for (const each of form.querySelectorAll("button")) each.ariaPressed = String(each === button);
      const same = document.querySelector(`input[name="size"][value="${size}"]`);
      if (same) same.checked = true;
      const sent = new FormData(form, button);
      fetch(form.action, { method: "POST", body: sent, redirect: "manual", keepalive: true }).catch(() => {});
      return;
    }
    const label = button?.dataset.busy ?? (form.method === "post" && document.body.matches(".youth") ? words.busy : "");
    // Only now: what a disabled button says is not sent.
    if (button && label) setTimeout(() => work(button, label));
    if (said && words.slow) {
      wait(() => {
        rest();
        form.requestSubmit(button?.isConnected ? button : undefined);
      });
    }
    if (form.matches("[data-live]")) {
      drawn = setTimeout(() => document.querySelector("main").setAttribute("aria-busy", "true"), SKELETON);
    }
  });

  document.addEventListener("click", (event) => {
    const link = event.target.closest?.("a[href]");
    if (!link || !said || !words.slow || event.defaultPrevented || event.metaKey || event.ctrlKey || event.shiftKey) return;
    const leaves = link.origin === location.origin && !link.hash && !link.target && !link.hasAttribute("download");
    if (leaves && !link.pathname.split("/").pop().includes(".")) wait(() => location.assign(link.href));
  });

  addEventListener("online", () => {
    for (const note of document.querySelectorAll(".offline")) note.remove();
  });

  // Back from the next page: the form is ready again, with what was typed in it; where nothing was, with what is true now.
  addEventListener("pageshow", (event) => {
    if (!event.persisted) return;
    rest();
    const changed = (each) => {
      if (each.type === "radio" || each.type === "checkbox") return each.checked !== each.defaultChecked;
      if (each.options) return each.value !== (each.querySelector("[selected]") ?? each.options[0])?.value;
      return each.value !== each.defaultValue;
    };
    const typed = [...document.querySelectorAll("main input:not([type=hidden]), main select, main textarea")].some(changed);
    if (!typed) location.reload();
  });

  // In a strip of nights the arrows move, Enter opens what has the focus; up and down go a row further.
  document.addEventListener("keydown", (event) => {
    const strip = event.target.closest?.(".strip, .days");
    if (!strip || event.altKey || event.ctrlKey || event.metaKey) return;
    const nights = [...strip.querySelectorAll("a, button")];
    const here = event.target.closest("a, button");
    const column = (each) => Math.abs(each.getBoundingClientRect().left - here.getBoundingClientRect().left) < 2;
    const inColumn = nights.filter(column);
    const step = (list, by) => list[list.indexOf(here) + by];
    const to = {
      ArrowLeft: () => step(nights, -1),
      ArrowRight: () => step(nights, 1),
      ArrowUp: () => step(inColumn, -1),
      ArrowDown: () => step(inColumn, 1),
      Home: () => nights[0],
      End: () => nights.at(-1),
    }[event.key]?.();
    if (!to) return;
    event.preventDefault();
    to.focus();
  });

  // A field of many lines comes into view as a whole, not only the line that is written.
  document.addEventListener("focusin", ({ target }) => target.matches?.("textarea") && target.scrollIntoView({ block: "nearest" }));

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
