// What reads a pass at the desk: a scanner that types like a keyboard, and the camera; and what is heard of a result.
// Enhancement only: the box takes what is typed by hand.
(() => {
  "use strict";
  const box = document.querySelector("#text") ?? document.querySelector("#find");
  const result = document.querySelector("[data-found]");

  // The answer is read first: the box is ready for the next guest without moving the page down to it.
  if (result && result.dataset.found !== "ready") document.querySelector("#text")?.focus({ preventScroll: true });

  // --- a scanner that types --------------------------------------------------------------------------------------------
  // Wherever the page is, what it types and ends with Enter belongs into the box. Nobody types so fast by hand.
  const AT_ONCE = 60; // ms between two keys
  const SHORTEST = 4; // the last four of a phone
  const A_PASS = /^(?:\S*\/stays\/)?[0-9A-Za-z]{6}(?:\/\S*)?$/;
  const TYPED_IN = "input:not([type=checkbox], [type=radio], [type=button], [type=submit], [type=hidden]), select, textarea, [contenteditable]";
  let burst = "";
  let before = "";
  let last = 0;

  const find = (text) => {
    box.value = text;
    box.form.requestSubmit();
  };

  const typed = (event) => {
    const { key, target, timeStamp } = event;
    if (!box || event.isComposing || event.ctrlKey || event.altKey || event.metaKey) return;
    if (target.matches?.("[type=password]")) return; // a PIN is six digits too
    const goesOn = timeStamp - last < AT_ONCE;
    const field = target.closest?.(TYPED_IN);
    if (key === "Enter") {
      const text = goesOn ? burst : "";
      burst = "";
      if (text.length < SHORTEST || target === box) return;
      const isPass = A_PASS.test(text);
      const reads = field?.matches("[name=document_number]");
      if (field && !isPass && !reads) return;
      // A reader ends with Enter: it presses no button, and sends no form that somebody is still filling in.
      event.preventDefault();
      event.stopPropagation();
      if (reads && !isPass) return document.querySelector("#compared")?.focus();
      if (field && "value" in field) field.value = before;
      find(text);
    } else if (key.length === 1) {
      if (!goesOn) {
        burst = "";
        before = field?.value ?? "";
      }
      burst += key;
      last = timeStamp;
    }
  };
  document.addEventListener("keydown", typed, true);

  // --- what is heard ---------------------------------------------------------------------------------------------------
  // Each answer has notes of its own (Hz, each a tenth of a second): who looks at the guest hears it.
  const NOTES = {
    ready: [660, 880],
    done: [660, 880, 1320],
    several: [520, 520],
    here_already: [440, 550, 440],
    held: [550, 440],
    elsewhere: [330, 330, 440],
    not_today: [330, 260],
    unknown: [220, 220],
  };
  const OVER = [300, 240, 180]; // cancelled, expired, missed, left
  const MUTE = "desk.sound"; // on this device: "off", or nothing

  const play = async (notes) => {
    if (!window.AudioContext) return;
    const air = new AudioContext();
    // A browser that has not been touched yet is silent.
    if (air.state === "suspended") await Promise.race([air.resume(), new Promise((done) => setTimeout(done, 300))]);
    if (air.state !== "running") return air.close();
    notes.forEach((pitch, place) => {
      const at = air.currentTime + place * 0.12;
      const note = new OscillatorNode(air, { frequency: pitch });
      const loud = new GainNode(air, { gain: 0.2 });
      loud.gain.setTargetAtTime(0, at + 0.07, 0.015);
      note.connect(loud).connect(air.destination);
      note.start(at);
      note.stop(at + 0.11);
      if (place === notes.length - 1) note.onended = () => air.close();
    });
  };
  const isLoud = () => localStorage.getItem(MUTE) !== "off";
  if (result && isLoud()) play(NOTES[result.dataset.found] ?? OVER);
  // Without a line the answer comes without a page of its own (`shell.js`).
  document.addEventListener("desk:found", ({ detail }) => isLoud() && play(NOTES[detail] ?? OVER));

  const sound = document.querySelector("[data-sound]");
  const show = () => {
    sound.ariaPressed = String(isLoud());
    sound.querySelector("[data-sound-on]").hidden = !isLoud();
    sound.querySelector("[data-sound-off]").hidden = isLoud();
  };
  sound?.addEventListener("click", () => {
    if (isLoud()) localStorage.setItem(MUTE, "off");
    else localStorage.removeItem(MUTE);
    show();
    if (isLoud()) play(NOTES.ready);
  });
  if (sound) show();

  // --- the camera ------------------------------------------------------------------------------------------------------
  const camera = document.querySelector("[data-scan]");
  if (!camera) return;
  camera.hidden = false;
  const part = (name) => camera.querySelector(`[data-scan-${name}]`);
  const video = camera.querySelector("video");
  const LOOK_EVERY = 120; // ms
  const GONE = 3000; // ms: so long a pass must be out of sight to count again
  const WIDEST = 640; // pixels: what is read is made no larger
  const ON = "desk.camera"; // in this tab: the camera is wanted, and goes on with the next guest
  const SEEN = "desk.seen"; // in this tab: the pass that was read last
  const SIDE = "desk.side"; // on this device: which camera
  let stream = null;
  let seenAt = 0;

  const reader = async () => {
    if ("BarcodeDetector" in window && (await BarcodeDetector.getSupportedFormats()).includes("qr_code")) {
      const detector = new BarcodeDetector({ formats: ["qr_code"] });
      return async () => (await detector.detect(video))[0]?.rawValue;
    }
    if (!window.jsQR) {
      await new Promise((done, lost) => {
        const script = document.createElement("script");
        Object.assign(script, { src: camera.dataset.scan, onload: done, onerror: lost });
        document.head.append(script);
      });
    }
    const canvas = document.createElement("canvas");
    const pen = canvas.getContext("2d", { willReadFrequently: true });
    return () => {
      const scale = Math.min(1, WIDEST / video.videoWidth);
      canvas.width = video.videoWidth * scale;
      canvas.height = video.videoHeight * scale;
      if (!canvas.width) return "";
      pen.drawImage(video, 0, 0, canvas.width, canvas.height);
      const { data, width, height } = pen.getImageData(0, 0, canvas.width, canvas.height);
      return window.jsQR(data, width, height, { inversionAttempts: "dontInvert" })?.data;
    };
  };

  const paint = () => {
    part("start").hidden = Boolean(stream);
    for (const name of ["stop", "turn", "view"]) part(name).hidden = !stream;
  };

  const stop = () => {
    for (const track of stream?.getTracks() ?? []) track.stop();
    stream = null;
    video.srcObject = null;
    paint();
  };

  const look = async (read) => {
    while (stream) {
      const text = await read();
      if (!stream) return;
      const now = performance.now();
      if (text) {
        const isNew = text !== sessionStorage.getItem(SEEN) || now - seenAt > GONE;
        seenAt = now;
        if (isNew) {
          sessionStorage.setItem(SEEN, text);
          stop();
          return find(text);
        }
      }
      await new Promise((done) => setTimeout(done, LOOK_EVERY));
    }
  };

  const start = async () => {
    const says = part("said");
    says.textContent = "";
    try {
      const facingMode = localStorage.getItem(SIDE) ?? "environment";
      stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode }, audio: false });
      video.srcObject = stream;
      seenAt = performance.now();
      paint();
      await video.play();
      sessionStorage.setItem(ON, "on");
      await look(await reader());
    } catch (trouble) {
      stop();
      sessionStorage.removeItem(ON);
      says.textContent = trouble?.name === "NotAllowedError" ? camera.dataset.denied : camera.dataset.none;
    }
  };

  if (!navigator.mediaDevices?.getUserMedia) {
    part("start").hidden = true;
    return;
  }
  part("start").addEventListener("click", start);
  part("stop").addEventListener("click", () => {
    sessionStorage.removeItem(ON);
    stop();
  });
  part("turn").addEventListener("click", () => {
    localStorage.setItem(SIDE, localStorage.getItem(SIDE) === "user" ? "environment" : "user");
    stop();
    start();
  });
  document.addEventListener("visibilitychange", () => document.hidden && stop());
  if ("again" in camera.dataset && sessionStorage.getItem(ON)) start();
})();
