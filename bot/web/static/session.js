// The shopper's session on this device: asked for when there is something to say, kept for the next visit.

import { openSession } from "./server.js";
import { read, remove, write } from "./storage.js";

const NAME = "session";

/** The token, or null before the first message. */
export const token = () => read(NAME)?.token ?? null;

export const forget = () => remove(NAME);

/** Only the token that was refused is forgotten: another tab may have a newer one already. */
export function forgetIf(refused) {
  if (token() === refused) forget();
}

/** The token, opening a session where there is none. Two tabs asking at once get one session. */
export async function ensure(language) {
  return token() ?? alone(async () => token() ?? remembered(await openSession(language)));
}

function remembered(session) {
  write(NAME, { token: session.token });
  return session.token;
}

// Where locks are not to be had (no secure origin, storage denied), two tabs may rarely open two sessions.
async function alone(task) {
  let begun = false;
  try {
    return await navigator.locks.request("careloop.session", () => {
      begun = true;
      return task();
    });
  } catch (error) {
    if (begun) throw error;
    return task();
  }
}
