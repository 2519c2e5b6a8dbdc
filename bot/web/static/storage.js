// What this device remembers. Where the browser forbids storage (blocked third-party storage, some private modes)
// the page's own memory stands in, so the chat works and is only forgotten at the end of the page.

const PREFIX = "careloop.";

function deviceStore() {
  try {
    const probe = `${PREFIX}probe`;
    window.localStorage.setItem(probe, "1");
    window.localStorage.removeItem(probe);
    return window.localStorage;
  } catch {
    return null;
  }
}

const device = deviceStore();
const memory = new Map();

/** Whether what is written outlives the page. */
export const isKept = device !== null;

/** The value under a name, or null; a value nobody can read any more counts as absent. */
export function read(name) {
  const written = memory.get(name) ?? device?.getItem(PREFIX + name);
  try {
    return written === null || written === undefined ? null : JSON.parse(written);
  } catch {
    return null;
  }
}

/** Writes a JSON value. A full store keeps the value in memory rather than losing it. */
export function write(name, value) {
  const text = JSON.stringify(value);
  try {
    if (!device) throw new Error("no store");
    device.setItem(PREFIX + name, text);
    memory.delete(name);
  } catch {
    memory.set(name, text);
  }
}

export function remove(name) {
  if (device) device.removeItem(PREFIX + name);
  memory.delete(name);
}

/** All names that begin with `start`. */
export function names(start) {
  const stored = device ? Object.keys(device).filter((key) => key.startsWith(PREFIX)) : [];
  const all = new Set([...stored.map((key) => key.slice(PREFIX.length)), ...memory.keys()]);
  return [...all].filter((name) => name.startsWith(start));
}

/** Calls back with a name when another tab of this browser changes it. */
export function onChangeElsewhere(callback) {
  window.addEventListener("storage", (event) => {
    if (event.key === null) callback("session");
    else if (event.key.startsWith(PREFIX)) callback(event.key.slice(PREFIX.length));
  });
}
