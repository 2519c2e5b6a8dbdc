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
import { fetchMessages, postFile, postMessage, Refused } from "./server.js";
import * as session from "./session.js";
import { takeStart } from "./start.js";
import { isKept, onChangeElsewhere, remove } from "./storage.js";
import { Thread } from "./thread.js";
import { Tray } from "./tray.js";
import { TypingSign } from "./typing.js";
import { Uploads } from "./uploads.js";
import { currentLanguage, say } from "./words.js";

const byId = (id) => document.getElementById(id);
const log = byId("log");

const banner = new Banner();
const scroll = new Scroll();
const typing = new TypingSign(() => scroll.follow());
const thread = new Thread(byId("messages"), { choose, retry, drop, focusLost: landFocus });
const outbox = new Outbox(deliver, progress);
const uploads = new Uploads(deliverFile, progress, fileRefused);
const frame = new Frame({ open: opened, closed: () => {} });
const link = new Link({
  token: () => session.token(),
  after: () => thread.lastSeq,
  heard: { messages: hearAll, typing: (on) => typing.show(on), state: linkIs, expired },
});
const seen = new Seen(thread, link, frame);
const tray = new Tray(() => composer.look());
const composer = new Composer(write, () => !tray.isEmpty);
const leaveDialog = new LeaveDialog(leave);

// The words go with the first file; each file is a message of its own.
function write(text) {
  const files = tray.take();
  tray.tell("");
  if (files.length === 0) tell({ text });
  else sendFiles(files, text);
}

function sendFiles(files, text) {
  banner.notice(isKept ? "" : "not_kept");
  files.forEach((each, place) => thread.addOwn(shownUpload(uploads.add(each, place === 0 ? text : ""))));
  refresh();
  scroll.toNewest();
  uploads.hurry();
}

function shownUpload({ id, text, at, file, preview }) {
  return { id, text, at, files: [{ name: file.name, media_type: file.type, size: file.size, preview }] };
}

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

function retry(id) {
  if (uploads.has(id)) uploads.retry(id);
  else outbox.retry(id);
}

function drop(id) {
  uploads.drop(id);
  outbox.drop(id);
  thread.drop(id);
  refresh();
  landFocus();
}

function deliver(message) {
  return withToken((token) => (link.live.isReady ? link.live.send(message) : postMessage(token, message)));
}

function deliverFile(upload) {
  return withToken((token) => postFile(token, upload));
}

async function withToken(send) {
  const token = await session.ensure(currentLanguage());
  link.start();
  leaveDialog.offer(true);
  try {
    await send(token);
  } catch (error) {
    if (error.status !== 401) throw error;
    session.forgetIf(token);
    expired();
    throw new Refused(0);
  }
}

// The server's code, and a plain one where a code says nothing to a shopper.
function fileRefused(code) {
  const known = ["file_kind", "file_heic", "file_too_large", "file_broken", "file_empty", "file_too_many_pixels"];
  tray.tell(code === "body_too_large" ? "file_too_large" : known.includes(code) ? code : "file_broken");
}

function progress(id, state) {
  const isShown = thread.progress(id, state);
  if (!isShown || state !== "failed") return;
  byId("aloud").textContent = say("failed_aloud");
  scroll.follow();
}

function hearAll(messages) {
  const added = thread.hearAll(messages);
  for (const { client_message_id: id } of messages) {
    if (!id) continue;
    outbox.drop(id);
    uploads.drop(id);
  }
  if (added.length === 0) return;
  if (added.some((news) => news.direction === "out")) typing.show(false);
  refresh();
  scroll.follow();
}

function linkIs(state) {
  banner.connection(state);
  if (state !== "live") typing.show(false);
  if (state !== "live" && state !== "polling") return;
  outbox.hurry();
  uploads.hurry();
}

// The server no longer knows the session: what it showed is not shown any more, what is unsent goes into a new one.
function expired() {
  link.stop();
  session.forget();
  startAfresh();
  banner.notice("expired");
  outbox.items().forEach((item) => thread.addOwn(item));
  uploads.items().forEach((upload) => thread.addOwn(shownUpload(upload)));
  refresh();
  outbox.hurry();
  uploads.hurry();
}

function leave() {
  link.stop();
  outbox.clear();
  uploads.clear();
  tray.take();
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
  tray.translate();
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
  uploads.hurry();
}

keepStart();
offerLanguages(retold);
wire();
begin();
