// Who is on shift, said by six digits, also without a line: they open what only they can open.
//
// The sheet of the day holds for each colleague `{ id, name, salt, iterations, sealed }` (`desk/shift.py`): sealed is
// base64 of twelve bytes and what AES-256-GCM makes of their token; the key is drawn from digits and salt by PBKDF2 with
// SHA-256 (`accounts/pins.py`). Wrong digits open nothing, and nothing on the device says which are right.

const TRIES = 5;
const LOCKED = 10 * 60 * 1000; // ms
const KEPT = "desk-pin"; // how often who was wrong lately: {"7": {"wrong": 2, "until": 0}}

const bytes = (base64) => Uint8Array.from(atob(base64), (each) => each.charCodeAt(0));
const unhexed = (text) => Uint8Array.from(text.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));

// The token that the digits open, or null where they do not fit.
export async function unseal(person, pin) {
  const typed = await crypto.subtle.importKey("raw", new TextEncoder().encode(pin), "PBKDF2", false, ["deriveKey"]);
  const how = { name: "PBKDF2", hash: "SHA-256", salt: unhexed(person.salt), iterations: person.iterations };
  const key = await crypto.subtle.deriveKey(how, typed, { name: "AES-GCM", length: 256 }, false, ["decrypt"]);
  const sealed = bytes(person.sealed);
  try {
    const opened = await crypto.subtle.decrypt({ name: "AES-GCM", iv: sealed.slice(0, 12) }, key, sealed.slice(12));
    return new TextDecoder().decode(opened);
  } catch {
    return null;
  }
}

// As the desk's own door: five wrong in a row, and the name is locked for ten minutes on this device.
// `{ id, name, token }` of who comes on, or `{ left }` tries, or `{ until }` (ms) where it is locked.
export async function comeOn(person, pin, now = Date.now()) {
  const kept = read();
  const so = kept[person.id] ?? { wrong: 0, until: 0 };
  if (so.until > now) return { until: so.until };
  const token = /^\d{6}$/.test(pin) ? await unseal(person, pin) : null;
  if (token !== null) {
    delete kept[person.id];
    write(kept);
    return { id: person.id, name: person.name, token };
  }
  const wrong = so.wrong + 1;
  const until = wrong >= TRIES ? now + LOCKED : 0;
  kept[person.id] = { wrong: until ? 0 : wrong, until };
  write(kept);
  return until ? { until } : { left: TRIES - wrong };
}

function read() {
  try {
    return JSON.parse(localStorage.getItem(KEPT)) ?? {};
  } catch {
    return {};
  }
}

function write(kept) {
  try {
    localStorage.setItem(KEPT, JSON.stringify(kept));
  } catch {
    // A browser that keeps nothing still opens what fits.
  }
}
