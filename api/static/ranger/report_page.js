/* The ranger's quick report: kept first, then sent, now or when there is a network. */

import * as keeping from "./keeping.js";
import { keepPages, sendWhenClosed } from "./offline.js";
import { showWho, whoUsesThis } from "./person.js";
import { livenForm } from "./place.js";
import { sendReports } from "./reports.js";
import { SignedOut } from "./server.js";
import { element, say, words } from "./words.js";

const form = document.querySelector("#report");
const network = document.querySelector("#network");
const noticeBox = document.querySelector("#notice");
const RETRY_MS = 30_000;

function notice(text, good) {
  noticeBox.textContent = text;
  noticeBox.className = `notice ${good ? "notice--good" : "notice--bad"}`;
  noticeBox.hidden = false;
}

function showNetwork(key) {
  network.textContent = say(key);
  network.dataset.state = key;
  document.querySelector("#log-in").hidden = !["signed_out", "no_one_here"].includes(key);
}

async function showWaiting(person) {
  const reports = await keeping.reportsOf(person.name);
  const list = document.querySelector("#waiting");
  list.replaceChildren(
    ...reports.map((report) => {
      const item = element("li");
      const state = report.refused
        ? say("report_refused", { why: words.faults[report.refused] ?? report.refused })
        : say("report_waiting");
      item.append(element("strong", "", words.kinds[report.kind]), ` · ${state} `);
      if (report.refused) {
        const remove = element("button", "button", say("remove"));
        remove.addEventListener("click", async () => {
          await keeping.forgetReport(report.id);
          showWaiting(person);
        });
        item.append(remove);
      }
      return item;
    }),
  );
  document.querySelector("#nothing").hidden = reports.length > 0;
}

async function goOn(person) {
  try {
    await sendReports(person, (report, receipt) => {
      if (receipt) notice(say("report_sent"), true);
      else notice(say("report_refused", { why: words.faults[report.refused] ?? report.refused }), false);
    });
    showNetwork(navigator.onLine ? "online" : "offline");
  } catch (error) {
    if (error instanceof SignedOut) showNetwork("signed_out");
    else showNetwork(navigator.onLine ? "unreached" : "offline");
  }
  await showWaiting(person);
}

function reportFrom(person) {
  const said = form.elements;
  const [photo] = said.photo.files;
  return {
    id: [...crypto.getRandomValues(new Uint32Array(4))].map((part) => part.toString(16)).join(""),
    owner: person.name,
    kind: said.kind.value,
    words: said.words.value.trim(),
    place_words: said.place_words.value.trim(),
    lon: said.lon.value || null,
    lat: said.lat.value || null,
    error_m: said.error_m.value || null,
    made_at: new Date().toISOString(),
    photo: photo ?? null,
  };
}

async function start() {
  const { person, signedOut } = await whoUsesThis();
  if (!person) {
    showNetwork("no_one_here");
    return;
  }
  showWho(person, () => {});
  document.querySelector("#ours").hidden = false;
  const forgetPlace = livenForm(form);
  await showWaiting(person);
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const report = reportFrom(person);
    if (!report.photo && !report.words) {
      notice(words.faults.empty, false);
      return;
    }
    await keeping.keepReport(report);
    sendWhenClosed().catch(() => {}); // refused by the phone: an open page sends all the same
    form.reset();
    forgetPlace();
    notice(say("report_kept"), true);
    noticeBox.scrollIntoView({ block: "center" });
    await goOn(person);
  });
  window.addEventListener("online", () => goOn(person));
  window.addEventListener("offline", () => showNetwork("offline"));
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "visible") goOn(person);
  });
  setInterval(() => goOn(person), RETRY_MS);
  if (signedOut) showNetwork("signed_out");
  else await goOn(person);
  if (!signedOut) keepPages().catch(() => {}); // without it the page works where there is a network
}

start();
