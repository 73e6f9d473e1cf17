// The quotas as a sheet: arrow keys go from field to field, + and - change by one; what nobody saved is not lost by a
// slip of the hand. Everything works without this file.
(() => {
  "use strict";
  const form = document.getElementById("quota-form");
  if (!form) return;
  for (const hint of form.querySelectorAll("[data-with-script]")) hint.hidden = false;
  let typed = "unsaved" in form.dataset;
  const mark = (field) => field.classList.toggle("changed", field.value.trim() !== field.dataset.cell);
  const cells = (row) => [...row.children];

  const next = (field, down, right) => {
    const cell = field.closest("td"), row = cell.parentElement;
    if (right) {
      const fields = [...row.querySelectorAll("[data-cell]")];
      return fields[fields.indexOf(field) + right];
    }
    const rows = [...form.querySelectorAll("tbody tr, tfoot tr")], column = cells(row).indexOf(cell);
    for (let at = rows.indexOf(row) + down; rows[at]; at += down) {
      const found = cells(rows[at])[column]?.querySelector("[data-cell]");
      if (found) return found;
    }
    return null;
  };

  form.addEventListener("keydown", (event) => {
    const field = event.target;
    if (!field.matches("[data-cell]") || event.altKey || event.ctrlKey || event.metaKey || event.isComposing) return;
    const step = { "+": 1, "=": 1, "-": -1 }[event.key];
    if (step) {
      event.preventDefault();
      if (!/^\d*$/.test(field.value.trim())) return;
      field.value = Math.max(Number(field.value) + step, 0);
      field.dispatchEvent(new Event("input", { bubbles: true }));
      return;
    }
    const all = field.selectionStart === 0 && field.selectionEnd === field.value.length;
    const way = {
      ArrowDown: [1, 0],
      ArrowUp: [-1, 0],
      ArrowRight: (all || field.selectionStart === field.value.length) && [0, 1],
      ArrowLeft: (all || field.selectionEnd === 0) && [0, -1],
    }[event.key];
    const to = way && next(field, ...way);
    if (!to) return;
    event.preventDefault();
    to.focus();
    to.select();
  });
  form.addEventListener("input", (event) => {
    typed = true;
    mark(event.target);
  });
  form.addEventListener("submit", () => (typed = false));
  addEventListener("beforeunload", (event) => typed && event.preventDefault());
})();
