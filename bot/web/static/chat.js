// The web chat page: builds the parts and joins them. Who does what is in the file of that name.

import { Banner } from "./banner.js";
import { Composer } from "./composer.js";
import { Frame } from "./frame.js";
import { offerLanguages } from "./languages.js";
import { LeaveDialog } from "./leave.js";
import { Link } from "./link.js";
import { Outbox } from "./outbox.js";
import { Scroll } from "./scroll.js";
import { Seen } from "./seen.js";
import { fetchMessages, postMessage, Refused } from "./server.js";
import * as session from "./session.js";
import { takeStart } from "./start.js";
import { isKept, onChangeElsewhere, remove } from "./storage.js";
import { Thread } from "./thread.js";
import { TypingSign } from "./typing.js";
import { currentLanguage, say } from "./words.js";

const byId = (id) => document.getElementById(id);
const log = byId("log");

const banner = new Banner();
const scroll = new Scroll();
const typing = new TypingSign(() => scroll.follow());
const thread = new Thread(byId("messages"), { choose, retry: (id) => outbox.retry(id), drop, focusLost: landFocus });
const outbox = new Outbox(deliver, progress);
const frame = new Frame({ open: opened, closed: () => {} });
const link = new Link({
  token: () => session.token(),
  after: () => thread.lastSeq,
  heard: { messages: hearAll, typing: (on) => typing.show(on), state: linkIs, expired },
});
const seen = new Seen(thread, link, frame);
const composer = new Composer((text) => tell({ text }));
const leaveDialog = new LeaveDialog(leave);

function tell(words) {
  banner.notice(isKept ? "" : "not_kept");
  thread.addOwn(outbox.add(words));
  refresh();
  scroll.toNewest();
  outbox.hurry();
}

function choose(reply) {
  landFocus();
  tell({ payload: reply.id, label: reply.label });
}

function drop(id) {
  outbox.drop(id);
  thread.drop(id);
  refresh();
  landFocus();
}

async function deliver(message) {
  const token = await session.ensure(currentLanguage());
  link.start();
  leaveDialog.offer(true);
  try {
    if (link.live.isReady) await link.live.send(message);
    else await postMessage(token, message);
  } catch (error) {
    if (error.status !== 401) throw error;
    session.forgetIf(token);
    expired();
    throw new Refused(0);
  }
}

function progress(id, state) {
  const isShown = thread.progress(id, state);
  if (!isShown || state !== "failed") return;
  byId("aloud").textContent = say("failed_aloud");
  scroll.follow();
}

function hearAll(messages) {
  const added = thread.hearAll(messages);
  for (const { client_message_id: id } of messages) if (id) outbox.drop(id);
  if (added.length === 0) return;
  if (added.some((news) => news.direction === "out")) typing.show(false);
  refresh();
  scroll.follow();
}

function linkIs(state) {
  banner.connection(state);
  if (state !== "live") typing.show(false);
  if (state === "live" || state === "polling") outbox.hurry();
}

// The server no longer knows the session: what it showed is not shown any more, what is unsent goes into a new one.
function expired() {
  link.stop();
  session.forget();
  startAfresh();
  banner.notice("expired");
  outbox.items().forEach((item) => thread.addOwn(item));
  refresh();
  outbox.hurry();
}

function leave() {
  link.stop();
  outbox.clear();
  session.forget();
  startAfresh();
  composer.clear();
  composer.focus();
}

function startAfresh() {
  remove("seen");
  thread.clear();
  typing.show(false);
  leaveDialog.offer(session.token() !== null);
  refresh();
}

function refresh() {
  byId("welcome").hidden = !thread.isEmpty;
  seen.look();
}

// Where the focus goes when what had it is gone: on a phone not into the field, which would raise the keyboard.
function landFocus() {
  if (window.matchMedia("(pointer: coarse)").matches) byId("pane").focus({ preventScroll: true });
  else composer.focus();
}

function opened() {
  landFocus();
  scroll.toNewest();
  seen.look();
}

function retold() {
  thread.translate();
  composer.translate();
  banner.show();
  seen.look();
}

// A deep link was followed: its token goes where words go, and nothing is shown of it but the answer.
function keepStart() {
  const start = takeStart();
  if (start) outbox.add({ start });
}

/** The thread so far, without reading it all aloud; then the live line. */
async function begin() {
  outbox.items().forEach((item) => thread.addOwn(item));
  const token = session.token();
  leaveDialog.offer(token !== null);
  byId("welcome").hidden = token !== null || !thread.isEmpty;
  if (token) await history(token);
  log.setAttribute("aria-live", "polite");
  log.removeAttribute("aria-busy");
  refresh();
  scroll.toNewest();
  outbox.hurry();
}

async function history(token) {
  try {
    let page;
    do {
      page = await fetchMessages(token, thread.lastSeq);
      hearAll(page);
    } while (page.length > 0);
    link.start();
  } catch (error) {
    if (error.status === 401) expired();
    else link.start();
  }
}

function wire() {
  for (const chip of document.querySelectorAll("#examples button")) {
    chip.addEventListener("click", () => {
      landFocus();
      tell({ text: chip.textContent });
    });
  }
  byId("close")?.addEventListener("click", () => frame.close());
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && !event.isComposing && !leaveDialog.isOpen) frame.close();
  });
  window.addEventListener("hashchange", () => {
    keepStart();
    outbox.hurry();
  });
  window.addEventListener("online", networkChanged);
  window.addEventListener("offline", networkChanged);
  document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && link.hurry());
  onChangeElsewhere((name) => name === "session" && location.reload());
}

function networkChanged() {
  banner.show();
  if (!navigator.onLine) return;
  link.hurry();
  outbox.hurry();
}

keepStart();
offerLanguages(retold);
wire();
begin();
