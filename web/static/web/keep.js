// The bed is kept as soon as name and document are there and may be kept: by itself, so that the rest can be said in peace.
(() => {
  "use strict";
  const form = document.querySelector("#book");
  const keep = form?.querySelector("[data-keep]");
  if (!keep) return;
  const kept = form.querySelector("[data-kept]");
  const value = (name) => new FormData(form).get(name)?.trim() ?? "";
  keep.hidden = true; // the button is for those without scripts
  let asked = "";

  const isWhole = () => {
    const kind = value("document_kind");
    const needed = kind === "resident" ? 18 : 6;
    const says = form.querySelector("[data-when]").hidden || ["gender", "birth_year", "birth_month", "birth_day"].every(value);
    return value("agreed") && value("name").length > 1 && value("document_number").length >= needed && says;
  };

  const ask = async () => {
    const said = ["name", "document_kind", "document_number", "gender", "birth_year", "birth_month", "birth_day"];
    const whole = said.map(value).join("|");
    if (!isWhole() || whole === asked) return;
    asked = whole;
    const sent = new FormData(form);
    sent.set("keep", "1");
    try {
      const answer = await fetch(form.action, { method: "POST", body: sent, headers: { "X-Requested-With": "fetch" } });
      // Logged out meanwhile, or our fault: what is confirmed is answered in full.
      if (answer.redirected || answer.status >= 500) return;
      kept.innerHTML = await answer.text();
    } catch {
      asked = "";
      kept.textContent = kept.dataset.lost;
    }
  };
  form.addEventListener("change", ask);
  addEventListener("online", ask); // what a lost line left undone, nobody has to tap again
})();
