/* The desk: everything that its forms do, at once and by key. Without this file the forms do it. */

import { AlertMap, coastMap } from "./desk_map.js";
import { follow, forget } from "./desk_drafts.js";
import { keysAreOn, listen, switchKeys } from "./desk_keys.js";
import { Live } from "./desk_live.js";
import { Refused, data, inWords, part, takeStep, whyNot } from "./desk_request.js";

document.documentElement.classList.add("scripted");
const { words } = data;
const main = document.getElementById("content");
const detailBox = document.getElementById("detail");
const messages = document.getElementById("messages");
const fresh = document.getElementById("fresh");
const help = document.getElementById("help");
const reasons = document.getElementById("reasons");
const bulk = document.getElementById("bulk");

const STATES = ["new", "confirmed", "responding", "resolved", "dismissed", "retracted"];
const PRIORITIES = ["high", "normal", "low"];
const undoable = []; // what this page saved, the last at the end: lists of incident ids
let alertMap = null;
let waiting = 0; // alerts that are not in the list yet
let wanted = ""; // the alert asked for last; what comes of another comes too late
let saving = null; // the step that is on its way, until what follows it is shown

const rows = () => [...document.querySelectorAll("#list .row")];
const rowOf = (id) => document.getElementById(`row-${id}`);
const detail = () => detailBox.querySelector(".detail");
const chosenId = () => detail()?.dataset.id ?? "";
const isHidden = (element) => element.getClientRects().length === 0;
const picked = () => rows().filter((row) => row.querySelector(".row__pick").checked);

/* The filter of this page, with other parameters in the place of its own. */
function query(more = {}) {
  const asked = new URLSearchParams(window.location.search);
  for (const name of ["id", "done", "lang"]) asked.delete(name);
  for (const [name, value] of Object.entries(more)) if (value) asked.set(name, value);
  const written = String(asked);
  return written && `?${written}`;
}

function drawMap() {
  alertMap?.show(rows(), chosenId());
}

function say(text, { bad = false, undo = false } = {}) {
  const notice = document.createElement("div");
  notice.className = `notice notice--${bad ? "bad" : "good"} done`;
  const said = document.createElement("span");
  said.append(text);
  notice.append(said);
  if (undo) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "button button--small";
    button.textContent = words.undo;
    button.addEventListener("click", undoLast);
    notice.append(" ", button);
  }
  messages.replaceChildren(notice);
}

function tell(error) {
  if (error.status === 401) say(whyNot(error), { bad: true });
  else if (error instanceof Refused) say(`${words.refused} ${error.message}`, { bad: true });
  else say(words.offline, { bad: true });
}

/* Show an alert, unless another is asked for meanwhile; meanwhile nothing can be done with the old. */
async function showDetail(id, { seen = "", note = "" } = {}) {
  wanted = id;
  detailBox.inert = id !== chosenId();
  try {
    const fetched = await part(`/desk/parts/detail/${id}${query({ seen })}`);
    if (wanted !== id) return false;
    detailBox.replaceChildren(fetched);
    if (note) fetched.querySelector("#note").value = note;
    follow(fetched);
    return true;
  } finally {
    if (wanted === id) detailBox.inert = false;
  }
}

async function choose(id, { focus = true, goesBack = isHidden(detailBox) } = {}) {
  if (!id) return;
  const known = rowOf(id);
  markRow(id);
  main.classList.add("desk--chosen");
  const address = `/desk${query({ id })}`;
  // on a phone the list gives way to the alert, and the phone's own button leads back to it
  if (goesBack) window.history.pushState(null, "", address);
  else window.history.replaceState(null, "", address);
  try {
    if (!(await showDetail(id))) return;
  } catch (error) {
    if (wanted === id) stayAt(chosenId(), error, goesBack);
    return;
  }
  if (focus) detail().focus({ preventScroll: known !== null });
  known?.scrollIntoView({ block: "nearest" });
  drawMap();
}

/* An alert that could not be had: the one before it is shown still, or the list of a phone. */
function stayAt(id, error, wentFromList) {
  wanted = id;
  markRow(id);
  tell(error);
  if (wentFromList) window.history.back();
  else window.history.replaceState(null, "", `/desk${query({ id })}`);
}

function neighbour(step) {
  const all = rows();
  const at = all.findIndex((row) => row.dataset.id === wanted);
  return all[at + step] ?? null;
}

/* The next alert below that still waits for the same decision. */
function nextWaiting(ids) {
  const all = rows();
  const at = all.findIndex((row) => row.dataset.id === chosenId());
  const later = [...all.slice(at + 1), ...all.slice(0, Math.max(at, 0))];
  return later.find((row) => !ids.includes(row.dataset.id) && !row.classList.contains("row--done"));
}

async function refreshRow(id) {
  const row = rowOf(id);
  if (!row) return;
  const wasPicked = row.querySelector(".row__pick").checked;
  const fetched = await part(`/desk/parts/row/${id}${query({ id: chosenId() })}`);
  fetched.querySelector(".row__pick").checked = wasPicked;
  row.replaceWith(fetched);
}

function stepOf(action, form) {
  if (STATES.includes(action)) return { do: "move", to: action };
  if (PRIORITIES.includes(action)) return { do: "prioritise", priority: action };
  const fields = new FormData(form);
  if (action === "take") return { do: "assign", assignee: data.user };
  if (action === "assign") return { do: "assign", assignee: fields.get("assignee") || null };
  if (action === "join") return { do: "join", into: fields.get("into") };
  return { do: action };
}

/* Take a step with incidents, one at a time. */
async function save(incidents, action, form, reason) {
  if (saving || incidents.length === 0) return;
  saving = saved(incidents, action, form, reason);
  await saving.finally(() => { saving = null; });
}

/* Refusals are shown with what happened meanwhile, and keep the note. */
async function saved(incidents, action, form, reason) {
  detailBox.setAttribute("aria-busy", "true");
  const ids = incidents.map(({ id }) => id);
  try {
    const { outcomes } = await takeStep(incidents, stepOf(action, form), reason);
    const taken = outcomes.filter(({ incident }) => incident).map(({ id }) => id);
    const refused = outcomes.filter(({ refusal }) => refusal);
    for (const id of taken) forget(id);
    if (taken.length && action !== "comment" && action !== "undo") undoable.push(taken);
    const moves = STATES.includes(action) && refused.length === 0;
    const following = moves ? nextWaiting(ids) : null;
    await Promise.all(ids.map(refreshRow));
    if (refused.length) await showRefusal(refused, incidents, reason);
    else {
      const count = taken.length > 1 ? ` (${taken.length})` : "";
      const last = moves && !following ? ` ${words.last}` : "";
      say(`${action === "undo" ? words.undone : words.saved}${count}${last}`, {
        undo: action !== "undo" && action !== "comment",
      });
      await choose(following?.dataset.id ?? (ids.includes(chosenId()) ? chosenId() : ""));
    }
  } catch (error) {
    tell(error);
  } finally {
    detailBox.removeAttribute("aria-busy");
    drawMap();
    countPicked();
  }
}

async function showRefusal(refused, incidents, reason) {
  const [{ id, refusal }] = refused;
  const seen = incidents.find((each) => each.id === id).version;
  say(`${words.refused} ${inWords(refusal)}`, { bad: true });
  await showDetail(id, { seen, note: reason });
  markRow(id);
}

function markRow(id) {
  for (const row of rows()) row.removeAttribute("aria-current");
  rowOf(id)?.setAttribute("aria-current", "true");
}

async function undoLast() {
  while (saving) await saving; // on a slow network the step to be undone may not be over yet
  const ids = undoable.pop();
  if (!ids) {
    const form = document.getElementById("step");
    if (form?.querySelector("[value=undo]")) await stepHere("undo");
    else say(words.nothing_to_undo);
    return;
  }
  const now = ids.map((id) => ({ id, version: rowOf(id)?.dataset.version ?? "0" }));
  await save(now, "undo", bulk, "");
  await choose(ids[0]);
}

/* A reason from the list or the note; asked for where the step needs one. */
async function reasonFor(form, button) {
  const note = form.elements.reason.value.trim();
  const preset = form.elements.preset?.value ?? "";
  const given = [preset, note].filter(Boolean).join(" · ");
  if (given || !button.hasAttribute("data-needs-reason")) return given;
  reasons.returnValue = "";
  reasons.showModal();
  await new Promise((closed) => reasons.addEventListener("close", closed, { once: true }));
  if (!reasons.returnValue) say(words.needs_reason, { bad: true });
  return reasons.returnValue || null;
}

async function stepHere(action) {
  if (detailBox.inert) return; // another alert is on its way
  const form = document.getElementById("step");
  const button = form?.querySelector(`button[value="${action}"]`);
  if (button) await submitted(form, button);
}

async function submitted(form, button) {
  const reason = await reasonFor(form, button);
  if (reason === null) return;
  const shown = detail();
  const incidents =
    form === bulk
      ? picked().map(({ dataset }) => ({ id: dataset.id, version: dataset.version }))
      : [{ id: shown.dataset.id, version: shown.dataset.version }];
  const isBulk = form === bulk;
  await save(incidents, button.value, form, reason);
  if (isBulk) {
    for (const row of picked()) row.querySelector(".row__pick").checked = false;
    form.reset();
    countPicked();
  }
}

function countPicked() {
  const count = picked().length;
  document.getElementById("bulk-count").textContent = count ? `· ${count} ${words.selected}` : "";
}

function pick() {
  const box = rowOf(chosenId())?.querySelector(".row__pick");
  if (!box) return;
  box.checked = !box.checked;
  if (picked().length) document.getElementById("bulk-box").open = true;
  countPicked();
}

async function showFresh() {
  waiting = 0;
  fresh.hidden = true;
  const list = await part(`/desk/parts/list${query({ id: chosenId() })}`);
  document.getElementById("list").replaceWith(list);
  drawMap();
}

/* Somebody did something: rows stay where they are, so that nothing moves under a finger. */
async function told(kind, event) {
  const id = event.subject;
  const row = kind === "incident_event" ? rowOf(id) : null;
  if (!row) {
    waiting += 1;
    fresh.hidden = false;
    fresh.textContent = `${fresh.dataset.one} (${waiting})`;
    return;
  }
  if (saving || Number(row.dataset.version) >= event.version) return;
  await refreshRow(id);
  const shown = detail();
  if (shown?.dataset.id === id && wanted === id && Number(shown.dataset.version) < event.version) {
    const note = shown.querySelector("#note");
    const writing = document.activeElement === note;
    const isShown = await showDetail(id, { seen: shown.dataset.version, note: note.value });
    if (writing && isShown) detail().querySelector("#note").focus();
  }
  drawMap();
}

document.addEventListener("submit", (event) => {
  const { target: form, submitter } = event;
  if (form.id !== "step" && form !== bulk) return;
  event.preventDefault();
  submitted(form, submitter);
});

document.getElementById("content").addEventListener("click", (event) => {
  const link = event.target.closest?.(".row__link");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  choose(link.closest(".row").dataset.id);
  detailBox.scrollIntoView({ block: "nearest" });
});
window.addEventListener("popstate", () => {
  const id = new URLSearchParams(window.location.search).get("id");
  if (id) choose(id, { goesBack: false });
  else main.classList.remove("desk--chosen");
});
document.addEventListener("change", (event) => {
  if (event.target.matches(".row__pick")) countPicked();
  if (event.target.id === "keys-on") switchKeys(event.target.checked);
  if (event.target.closest("#filters")) document.querySelector("#filters .button").click();
});
document.addEventListener("submit", (event) => {
  // an address says only what narrows
  if (event.target.id !== "filters") return;
  for (const field of event.target.elements) if (field.value === "") field.disabled = true;
});

reasons.addEventListener("keydown", (event) => {
  const number = /^(Digit|Numpad)([1-9])$/.exec(event.code)?.[2];
  const button = number && reasons.querySelectorAll("button")[Number(number) - 1];
  if (button?.value) reasons.close(button.value);
});

const showHelp = () => {
  document.getElementById("keys-on").checked = keysAreOn();
  help.showModal();
};
const helpButton = document.getElementById("help-button");
helpButton.hidden = false;
helpButton.addEventListener("click", showHelp);
fresh.addEventListener("click", showFresh);

const openFrame = () => detailBox.inert || detailBox.querySelector("[data-key=B]")?.click();
listen({
  KeyJ: () => choose(neighbour(1)?.dataset.id),
  KeyK: () => choose(neighbour(-1)?.dataset.id),
  KeyC: () => stepHere("confirmed"),
  KeyD: () => stepHere("dismissed"),
  KeyR: () => stepHere("responding"),
  KeyF: () => stepHere("resolved"),
  KeyT: () => stepHere("retracted"),
  KeyW: () => stepHere("new"),
  KeyA: () => stepHere("take"),
  KeyM: () => stepHere("comment"),
  KeyU: undoLast,
  KeyX: pick,
  KeyL: () => {
    document.getElementById("bulk-box").open = true;
    bulk.querySelector("select").focus();
  },
  KeyN: () => document.getElementById("note")?.focus(),
  KeyS: () => {
    const box = document.getElementById("split-box");
    if (!box) return;
    box.open = true;
    box.scrollIntoView({ block: "nearest" });
    box.querySelector("input[type=checkbox]").focus();
  },
  KeyB: openFrame,
  KeyE: openFrame,
  KeyG: showFresh,
  Slash: () => document.getElementById("state").focus(),
  "?": showHelp,
});

wanted = chosenId();
if (detail()) follow(detail());
coastMap(document.getElementById("map")).then((map) => {
  alertMap = new AlertMap(map, choose);
  drawMap();
});
const sequence = Number(document.getElementById("list").dataset.sequence);
new Live(document.getElementById("live"), sequence, told);
