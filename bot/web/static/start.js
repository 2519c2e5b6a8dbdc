// A deep link: the token behind the # of the address, taken once and out of sight before anything else happens.

const START = /^#start=([A-Za-z0-9_-]{1,64})$/;

/** The token the page was opened with, or "". It leaves the address bar and the history. */
export function takeStart() {
  const token = START.exec(location.hash)?.[1] ?? "";
  if (token) history.replaceState(history.state, "", location.pathname + location.search);
  return token;
}
