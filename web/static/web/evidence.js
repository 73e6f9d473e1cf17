// Proofs, as the phone sends them: a photo is shrunk here, which takes the camera's notes (place, time) out of it, and
// goes ahead of the form in pieces, so that a cut line goes on where it stopped. Then the same form is posted as
// without this file, with the pieces' keys in it. What is not sent yet waits in this phone's own storage, and leaves it
// once it was handed in.
(() => {
  "use strict";
  const A_DAY = 86_400_000;
  const LONGEST_EDGE = 2000, TALL = 3, WIDTH_OF_TALL = 1080, MOST_PIXELS = 12e6; // as the house draws them
  const QUALITIES = [0.86, 0.76, 0.66, 0.56];
  const DARK = 55; // of 255, on average
  const PATIENCE = 60_000; // milliseconds for one piece
  let pictures = []; // {key, blob, pdf, have, row, ready, wrong, dark}
  let busy = false, cut = false, shrinking = Promise.resolve();
  let form, words, list, button, idle;

  const say = (name, values = {}) => words.dataset[name].replace(/\{(\w+)\}/g, (_all, key) => values[key]);
  const kilobytes = (blob) => Math.ceil(blob.size / 1000);
  const sleep = (time) => new Promise((go) => setTimeout(go, time));

  // --- what waits in the phone ---------------------------------------------------------------------------------------
  const kept = (mode, ask) => new Promise((done, fail) => {
    const opening = indexedDB.open("proofs", 1);
    opening.onupgradeneeded = () => opening.result.createObjectStore("pictures", { keyPath: "key" });
    opening.onerror = () => fail(opening.error);
    opening.onsuccess = () => {
      const deed = opening.result.transaction("pictures", mode);
      const answer = ask(deed.objectStore("pictures"));
      deed.oncomplete = () => { opening.result.close(); done(answer?.result); };
      deed.onabort = deed.onerror = () => { opening.result.close(); fail(deed.error); };
    };
  });
  const keep = ({ key, blob, pdf, dark }) =>
    kept("readwrite", (all) => all.put({ key, blob, pdf, dark, about: form.dataset.about, at: Date.now() }));
  const forget = (keys) => kept("readwrite", (all) => { for (const key of keys) all.delete(key); }).catch(() => {});

  // --- shrinking -----------------------------------------------------------------------------------------------------
  const decoded = async (blob) => {
    try {
      return await createImageBitmap(blob);
    } catch {
      // Older phones, and pictures their other way of reading can open; it stands upright here too.
      const reader = new FileReader(), picture = new Image();
      await new Promise((done, fail) => { reader.onload = done; reader.onerror = fail; reader.readAsDataURL(blob); });
      picture.src = reader.result;
      await picture.decode();
      return picture;
    }
  };
  const drawn = (picture, width, height, canvas = document.createElement("canvas")) => {
    canvas.width = width;
    canvas.height = height;
    const pen = canvas.getContext("2d", { willReadFrequently: width < 200 });
    pen.fillStyle = "#fff";
    pen.fillRect(0, 0, width, height);
    pen.imageSmoothingQuality = "high";
    pen.drawImage(picture, 0, 0, width, height);
    return canvas;
  };
  const shrunk = async (file) => {
    const picture = await decoded(file), { width, height } = picture;
    let scale = height > TALL * width
      ? Math.min(1, WIDTH_OF_TALL / width, Math.sqrt(MOST_PIXELS / (width * height)))
      : Math.min(1, LONGEST_EDGE / Math.max(width, height));
    for (;;) {
      const canvas = drawn(picture, Math.max(1, Math.round(width * scale)), Math.max(1, Math.round(height * scale)));
      for (const quality of QUALITIES) {
        const blob = await new Promise((done) => canvas.toBlob(done, "image/jpeg", quality));
        if (!blob) throw new Error("no picture");
        if (blob.size <= Number(form.dataset.shrunkTo)) return blob;
      }
      scale *= 0.75;
    }
  };
  const preview = async (picture) => {
    const canvas = picture.row.querySelector("canvas");
    if (picture.pdf) {
      const pen = canvas.getContext("2d"), ink = getComputedStyle(canvas);
      pen.fillStyle = ink.color;
      pen.font = `600 40px ${ink.fontFamily}`;
      pen.textAlign = "center";
      pen.fillText("PDF", canvas.width / 2, canvas.height / 2 + 14);
      return;
    }
    const image = await decoded(picture.blob), most = canvas.width / image.width;
    const scale = Math.min(most, canvas.height / image.height);
    drawn(image, Math.max(1, Math.round(image.width * scale)), Math.max(1, Math.round(image.height * scale)), canvas);
    if (picture.dark === undefined) picture.dark = luminance(canvas) < DARK;
  };
  const luminance = (canvas) => {
    const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
    let all = 0;
    for (let at = 0; at < data.length; at += 4) all += 0.2126 * data[at] + 0.7152 * data[at + 1] + 0.0722 * data[at + 2];
    return all / (data.length / 4);
  };
  const startsWith = async (file, at, ...letters) => {
    const head = new TextDecoder("latin1").decode(await file.slice(at, at + 8).arrayBuffer());
    return letters.some((each) => head.startsWith(each));
  };

  // --- the list of pictures ------------------------------------------------------------------------------------------
  const tell = (picture, state, hint = "", wrong = false) => {
    picture.row.querySelector("[data-state]").textContent = state;
    const place = picture.row.querySelector("[data-hint]");
    place.hidden = !hint;
    place.classList.toggle("is-wrong", wrong);
    place.querySelector("span").textContent = hint;
  };
  const atRest = (picture) => {
    picture.row.querySelector("progress").hidden = true;
    const size = kilobytes(picture.blob), hint = picture.dark ? say("dark") : picture.unkept ? say("notKept") : "";
    tell(picture, say(picture.pdf ? "pdf" : "shrunk", { size }), hint);
  };
  const row = (picture) => {
    const shape = document.getElementById("picture").content.firstElementChild.cloneNode(true);
    shape.querySelector("[data-remove]").addEventListener("click", () => remove(picture));
    picture.row = shape;
    list.append(shape);
    list.hidden = false;
  };
  const number = () => {
    const shape = document.getElementById("picture").content.firstElementChild;
    pictures.forEach(({ row: each }, at) => {
      for (const [part, name] of [["canvas", "aria-label"], ["progress", "aria-label"], ["[data-remove]", "aria-label"]]) {
        const said = shape.querySelector(part).getAttribute(name);
        each.querySelector(part).setAttribute(name, said.replace("{n}", at + 1));
      }
      each.querySelector("[data-name]").textContent = shape.querySelector("[data-name]").textContent.replace("{n}", at + 1);
    });
    list.hidden = !pictures.length;
  };
  const nameOf = (picture) => picture.row.querySelector("[data-name]").textContent;
  const remove = (picture) => {
    if (busy) return;
    const at = pictures.indexOf(picture);
    pictures.splice(at, 1);
    picture.row.remove();
    number();
    forget([picture.key]);
    if (picture.begun) ask(picture.key, "", { method: "DELETE" }).catch(() => {});
    (pictures[Math.min(at, pictures.length - 1)]?.row.querySelector("[data-remove]") ?? form.querySelector("#album")).focus();
    if (!pictures.length) quiet();
  };
  const add = async (file) => {
    if (pictures.length >= Number(form.dataset.mostPages)) return stop(say("many"));
    const key = [...crypto.getRandomValues(new Uint8Array(16))].map((each) => each.toString(16).padStart(2, "0")).join("");
    const picture = { key, have: [] };
    pictures.push(picture);
    row(picture);
    number();
    tell(picture, say("shrinking"));
    picture.pdf = file.type === "application/pdf" || await startsWith(file, 0, "%PDF-");
    try {
      if (picture.pdf && file.size > Number(form.dataset.mostBytes)) {
        picture.wrong = say("large", { size: (Math.ceil(file.size / 104857.6) / 10).toFixed(1) });
        return tell(picture, "", picture.wrong, true);
      }
      // A copy: the file itself may be gone from the phone when the line comes back.
      picture.blob = picture.pdf ? new Blob([await file.arrayBuffer()], { type: "application/pdf" }) : await shrunk(file);
      await preview(picture);
    } catch {
      const heic = await startsWith(file, 4, "ftyphe", "ftypmif1").catch(() => false);
      picture.wrong = say(heic ? "heic" : "unreadable");
      return tell(picture, "", picture.wrong, true);
    }
    await keep(picture).catch(() => { picture.unkept = true; });
    atRest(picture);
  };
  const restore = async () => {
    const all = await kept("readonly", (store) => store.getAll()).catch(() => []);
    const old = all.filter((each) => each.at < Date.now() - A_DAY);
    if (old.length) forget(old.map((each) => each.key));
    for (const each of all.filter((one) => one.about === form.dataset.about && !old.includes(one))) {
      const picture = { ...each, have: [], begun: true };
      pictures.push(picture);
      row(picture);
      await preview(picture).then(() => atRest(picture), () => { pictures.pop(); picture.row.remove(); forget([each.key]); });
    }
    number();
  };

  // --- sending -------------------------------------------------------------------------------------------------------
  class Stopped extends Error {} // with what is to be said

  const ask = async (key, rest, how) => {
    const token = form.querySelector("[name=csrfmiddlewaretoken]").value;
    const after = AbortSignal.timeout ? { signal: AbortSignal.timeout(PATIENCE) } : {};
    const answer = await fetch(`${form.dataset.parts}${key}/${rest}`, { ...after, ...how, headers: { "X-CSRFToken": token } });
    if (answer.status === 401) return anew();
    if (answer.ok) return answer.json();
    if (![409, 422].includes(answer.status)) throw new Stopped(say("trouble"));
    const { code, sentence, next } = await answer.json();
    if (!/^(FILE_|AGREED)/.test(code)) return anew(); // nothing can be handed in any more: the page says why
    throw new Stopped([sentence, next].filter(Boolean).join(words.dataset.between));
  };
  // What was chosen waits in the phone; who has logged in again comes back to it.
  const anew = () => { location.reload(); return new Promise(() => {}); };
  const pieces = (picture) => Math.ceil(picture.blob.size / Number(form.dataset.piece));
  const progress = (picture) => {
    const part = Math.floor((100 * picture.have.length) / pieces(picture));
    const bar = picture.row.querySelector("progress");
    bar.hidden = false;
    bar.value = part;
    tell(picture, part < 100 ? say("sending", { n: part }) : say("sent"));
    const all = pictures.reduce((sum, each) => sum + pieces(each), 0);
    const come = pictures.reduce((sum, each) => sum + each.have.length, 0);
    button.textContent = say("sending", { n: Math.floor((100 * come) / all) });
    if (part === 100) document.querySelector("[data-proof-said]").textContent = `${nameOf(picture)}: ${say("sent")}`;
  };
  const sendAhead = async (picture) => {
    const count = pieces(picture), size = Number(form.dataset.piece);
    picture.have = picture.begun ? (await ask(picture.key, "", {})).have : [];
    picture.begun = true;
    progress(picture);
    for (let at = 0; at < count; at += 1) {
      if (picture.have.includes(at)) continue;
      const body = picture.blob.slice(at * size, (at + 1) * size, "application/octet-stream");
      picture.have = (await ask(picture.key, `${at}/?of=${count}&agreed=1`, { method: "PUT", body })).have;
      progress(picture);
    }
  };
  const post = async () => {
    const said = new FormData(form);
    said.delete("files"); // what was chosen is on its way already, shrunk
    for (const { key } of pictures) said.append("sent", key);
    const answer = await fetch(form.action, { method: "POST", body: said, headers: { Accept: "application/json" } });
    if (answer.redirected) return anew();
    if ((answer.headers.get("Content-Type") ?? "").startsWith("application/json")) {
      await forget(pictures.map(({ key }) => key));
      return location.assign((await answer.json()).then);
    }
    if (![409, 422].includes(answer.status)) throw new Stopped(say("trouble"));
    return show(await answer.text());
  };
  const send = async () => {
    if (busy) return;
    busy = true;
    quiet();
    for (const each of list.querySelectorAll("[data-remove]")) each.disabled = true;
    button.style.width = `${button.offsetWidth}px`;
    button.disabled = true;
    button.textContent = button.dataset.busy;
    try {
      await shrinking;
      // Without the ticks nothing leaves the phone: the house says what is still to tick.
      const ticked = form.querySelector("#agreed").checked && form.querySelector("[name=kind]:checked");
      const wrong = pictures.find((picture) => picture.wrong);
      if (wrong) throw new Stopped(wrong.wrong);
      if (ticked && !form.querySelector("#code").value.trim()) for (const picture of pictures) await sendAhead(picture);
      await post();
    } catch (trouble) {
      const lost = !(trouble instanceof Stopped);
      stop(lost ? say("net") : trouble.message);
      if (!pictures.some((picture) => picture.wrong)) button.textContent = words.dataset.again;
      cut = lost;
    }
    busy = false;
    for (const each of list.querySelectorAll("[data-remove]")) each.disabled = false;
  };
  const quiet = () => {
    cut = false;
    document.querySelector("[data-cut]").hidden = true;
    button.disabled = false;
    button.textContent = idle;
  };
  const stop = (sentence) => {
    quiet();
    const place = document.querySelector("[data-cut]");
    place.hidden = false;
    place.querySelector("span").textContent = sentence;
    document.querySelector("[data-proof-said]").textContent = sentence;
    for (const picture of pictures.filter((each) => each.begun && each.have.length < pieces(each))) {
      tell(picture, say("stopped", { n: picture.row.querySelector("progress").value }));
    }
  };
  // The page as the house answers it, in the place of this one: what was chosen stays chosen.
  const show = (html) => {
    const page = new DOMParser().parseFromString(html, "text/html");
    document.title = page.title;
    for (const part of ["main", ".actions"]) {
      const now = document.querySelector(part), then = page.querySelector(part);
      if (now) now.replaceWith(then ?? "");
    }
    document.body.className = page.body.className;
    if (document.getElementById("proof")) {
      begin();
      for (const picture of pictures) { row(picture); preview(picture).then(() => atRest(picture), () => {}); }
      number();
    } else {
      forget(pictures.map(({ key }) => key));
      pictures = [];
    }
    (document.querySelector("[data-focus]") ?? document.getElementById("main")).focus();
  };

  const begin = () => {
    form = document.getElementById("proof");
    words = document.getElementById("picture-words");
    list = form.querySelector("[data-pictures]");
    button = document.querySelector("[form=proof]");
    idle = button.textContent;
    form.classList.add("sends-ahead");
    for (const each of form.querySelectorAll("[data-no-script]")) each.hidden = true;
    for (const each of form.querySelectorAll("[data-with-script]")) each.hidden = false;
    for (const field of form.querySelectorAll("[type=file]")) {
      field.addEventListener("change", () => {
        quiet();
        const files = [...field.files];
        field.value = ""; // it is not sent as it is
        for (const file of files) shrinking = shrinking.then(() => add(file));
      });
    }
    form.addEventListener("submit", (event) => {
      if (!pictures.length) return; // a code, or nothing: as without scripts
      event.preventDefault();
      event.stopPropagation();
      send();
    });
  };

  if (!document.getElementById("proof")) return;
  begin();
  shrinking = restore();
  addEventListener("online", async () => { await sleep(500); if (cut) send(); });
})();
