/* The page on which a ranger sends flights. */

import { flightCard, bytesSent, sizeOf } from "./flight_card.js";
import { hashInBackground } from "./hasher.js";
import * as keeping from "./keeping.js";
import { keepPages, sendWhenClosed } from "./offline.js";
import { showWho, whoUsesThis } from "./person.js";
import { add, Queue, recover, Step } from "./queue.js";
import { sendReports } from "./reports.js";
import { session } from "./server.js";
import { loadTotals } from "./totals.js";
import { bytesText, say } from "./words.js";

const list = document.querySelector("#flights");
const network = document.querySelector("#network");
const noticeBox = document.querySelector("#notice");
const totalBox = document.querySelector("#total");
const flights = new Map();
let moving = null; // { id, progress }: the file that is hashed or sent now
let queue = null;
let pace = null; // { at, sent }: where the pace is measured from

function notice(key, values) {
  noticeBox.textContent = say(key, values);
  noticeBox.hidden = false;
}

function showNetwork(key) {
  network.textContent = say(key);
  network.dataset.state = key;
}

function showSignedOut() {
  showNetwork("signed_out");
  document.querySelector("#log-in").hidden = false;
}

function showTotal() {
  const going = [...flights.values()].filter((flight) => flight.step === Step.WAITING);
  totalBox.hidden = !going.length;
  if (!going.length) {
    noticeBox.hidden = true; // what it said of the phone is over
    return;
  }
  const all = going.reduce((sum, flight) => sum + sizeOf(flight), 0);
  const progressOf = (flight) => (moving?.id === flight.id ? moving.progress : null);
  const sent = going.reduce((sum, flight) => sum + bytesSent(flight, progressOf(flight)), 0);
  const files = going.flatMap((flight) => flight.files);
  const bar = totalBox.querySelector("progress");
  bar.max = Math.max(1, all);
  bar.value = sent;
  const now = performance.now();
  if (!pace || sent < pace.sent) pace = { at: now, sent };
  const perMs = (sent - pace.sent) / Math.max(1, now - pace.at);
  const told = [
    say("total", {
      files: files.filter((file) => file.sent || file.refusal).length,
      all_files: files.length,
      sent: bytesText(sent),
      all: bytesText(all),
    }),
  ];
  if (perMs > 0) told.push(say("time_left", { minutes: Math.ceil((all - sent) / perMs / 60_000) }));
  totalBox.querySelector("p").textContent = told.join(" · ");
}

function showFlight(flight) {
  const before = list.querySelector(`[data-flight="${flight.id}"]`);
  const progress = moving?.id === flight.id ? moving.progress : null;
  const card = flightCard(flight, progress, {
    open: before?.querySelector("details").open ?? false,
    onRemove: async () => {
      await keeping.forgetFlight(flight.id);
      flights.delete(flight.id);
      list.querySelector(`[data-flight="${flight.id}"]`)?.remove();
      showTotal();
    },
    onTryAgain: async () => {
      Object.assign(flight, { halt: null, tries: 0 });
      for (const file of flight.files) if (file.refusal?.code === "unreadable") file.refusal = null;
      await keeping.keepFlight(flight);
      queue.nudge();
    },
  });
  if (before) before.replaceWith(card);
  else list.prepend(card);
  document.querySelector("#nothing").hidden = flights.size > 0;
}

let lastDrawn = 0;
function told(flight, progress) {
  if (!flight) {
    if (progress.signedOut) showSignedOut();
    else showNetwork(navigator.onLine ? "unreached" : "offline");
    return;
  }
  if (progress.gone) {
    list.querySelector(`[data-flight="${flight.id}"]`)?.remove();
    flights.delete(flight.id);
    return;
  }
  const wasReady = flights.get(flight.id)?.step === Step.READY;
  const isProgress = progress.number !== undefined;
  moving = isProgress ? { id: flight.id, progress } : null;
  flights.set(flight.id, flight);
  const now = performance.now();
  if (isProgress && now - lastDrawn < 250) return; // four times a second is enough to see it move
  lastDrawn = now;
  showNetwork(navigator.onLine ? "online" : "offline");
  showFlight(flight);
  showTotal();
  if (flight.step === Step.READY && !wasReady) loadTotals(queue.person);
}

async function chosen(input, person) {
  const files = [...input.files];
  if (!files.length) return;
  // asked when there is something to lose; a phone that says no keeps it as long as it has room
  navigator.storage?.persist?.();
  const flight = await add(person.name, files, (done, all) => notice("keeping", { done, all }));
  input.value = "";
  if (!flight) {
    notice("nothing_chosen");
    return;
  }
  flights.set(flight.id, flight);
  showFlight(flight);
  showTotal();
  notice("kept");
  sendWhenClosed().catch(() => {}); // refused by the phone: an open page sends all the same
  if (navigator.onLine === false) showNetwork("offline");
  queue.nudge();
}

async function start() {
  const { person, signedOut } = await whoUsesThis();
  if (!person) {
    showNetwork("no_one_here");
    document.querySelector("#log-in").hidden = false;
    return;
  }
  const hash = hashInBackground;
  queue = new Queue({ person, hash, tell: told, session });
  showWho(person, () => queue.end());
  document.querySelector("#ours").hidden = false;
  const kept = await keeping.flightsOf(person.name);
  kept.sort((one, other) => one.added - other.added);
  for (const flight of kept) {
    await recover(flight);
    flights.set(flight.id, flight);
    showFlight(flight);
  }
  document.querySelector("#nothing").hidden = flights.size > 0;
  showTotal();
  if (signedOut) showSignedOut();
  else showNetwork(navigator.onLine ? "online" : "offline");
  for (const input of document.querySelectorAll("#choose input")) {
    input.disabled = false;
    input.addEventListener("change", () =>
      chosen(input, person).catch((error) => {
        notice("cut_short");
        throw error;
      }),
    );
  }
  const goOn = () => {
    queue.nudge();
    sendReports(person).catch(() => {});
  };
  window.addEventListener("online", () => {
    showNetwork("online");
    goOn();
  });
  window.addEventListener("offline", () => showNetwork("offline"));
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "visible") goOn(); // the phone was asleep
  });
  if (!signedOut) {
    goOn();
    loadTotals(person);
    keepPages().catch(() => {}); // without it the page still works where there is a network
  }
}

start();
