/* Drawing zones: what is kept becomes a new version, and says which one it follows. */

/* global L */

import { coastMap } from "./desk_map.js";
import { Outline } from "./desk_outline.js";
import { Refused, data, send, whyNot } from "./desk_request.js";
import { ZoneForm } from "./desk_zone_form.js";

const { words } = data;
const find = (id) => document.getElementById(id);
const form = find("zone-form");
const zoneForm = new ZoneForm(form);
const says = find("says");
const choice = find("zone");
const discard = find("discard");
const rings = find("rings");
let chosen = null; // the version that is changed; null for a new zone
let outline = null;
let places = null;

const name = ({ properties }) => properties[data.language === "en" ? "name_en" : "name_th"];
const advice = (fault) => fault[data.language === "en" ? "advice_en" : "advice_th"];

function say(text) {
  says.textContent = text;
}

async function read(address) {
  const response = await fetch(address, { headers: { Accept: "application/json" } });
  const body = await response.json();
  if (!response.ok) throw new Refused(response.status, body);
  return { body, etag: response.headers.get("ETag") };
}

async function change(address, method, body, etag) {
  const headers = { "Content-Type": "application/json", "X-CSRF-Token": data.csrf_token };
  headers[etag ? "If-Match" : "If-None-Match"] = etag ?? "*";
  const response = await fetch(address, { method, headers, body: JSON.stringify(body) });
  const answer = await response.json();
  if (!response.ok) {
    showFaults(answer.faults ?? []);
    throw new Refused(response.status, answer.faults?.length ? { detail: words.faults } : answer);
  }
  return answer;
}

function feature() {
  const properties = zoneForm.properties(chosen?.feature.properties);
  return { type: "Feature", properties, geometry: outline.geometry() };
}

/* ------------------------------------------------------------ drafts: nothing drawn is lost */

const draftKey = () => `libong.zone.${data.user}.${choice.value}`;

function stored(act) {
  try {
    return act(window.localStorage);
  } catch {
    return null; // a browser that keeps nothing: the drawing stays on the page
  }
}

function keepDraft() {
  const draft = { etag: etagOf(chosen), reason: form.elements.reason.value, feature: feature() };
  stored((kept) => kept.setItem(draftKey(), JSON.stringify(draft)));
  discard.hidden = false;
}

const forgetDraft = () => stored((kept) => kept.removeItem(draftKey()));

function showDraft() {
  const draft = JSON.parse(stored((kept) => kept.getItem(draftKey())) ?? "null");
  discard.hidden = !draft;
  if (!draft) return;
  showFeature(draft.feature);
  form.elements.reason.value = draft.reason;
  say(draft.etag === etagOf(chosen) ? words.draft : words.stale_draft);
}

/* ------------------------------------------------------------ the zone that is shown */

/* A zone that was taken away is drawn as a new one. */
const etagOf = (version) => (version && !version.retired ? version.etag : null);

function showFeature({ properties, geometry }) {
  zoneForm.fill(properties);
  outline.show(geometry);
  showFaults([]);
}

function show(version) {
  find("id-field").hidden = Boolean(version);
  find("retire").hidden = !version || version.retired;
  if (version) showFeature(version.feature);
  else {
    zoneForm.fill(null);
    outline.show(null);
    showFaults([]);
  }
  if (!version) say(words.new);
  else say(version.retired ? words.gone : words.drawing);
}

async function choose(zoneId) {
  chosen = null;
  let history = [];
  if (zoneId) {
    const { body, etag } = await read(`/api/v1/zones/${zoneId}`);
    chosen = { ...body, etag };
    history = (await read(`/api/v1/zones/${zoneId}/versions`)).body.items;
  }
  find("undo").hidden = history.length < 2;
  find("undo").onclick = () => bringBack(history.at(-2)).catch(tell);
  find("versions").replaceChildren(...[...history].reverse().map(versionElement));
  show(chosen);
  showDraft();
}

function versionElement(version) {
  const item = document.createElement("li");
  const what = document.createElement("p");
  const button = document.createElement("button");
  button.type = "button";
  button.className = "button button--small";
  button.textContent = `${words.version} ${version.version}`;
  button.addEventListener("click", () => {
    showFeature(version.feature);
    say(`${words.version} ${version.version}: ${words.shown}`);
  });
  const when = new Date(version.at_utc).toLocaleString(data.language === "en" ? "en-GB" : "th-TH", {
    timeZone: data.timezone,
    dateStyle: "medium",
    timeStyle: "short",
  });
  const gone = version.retired ? ` · ${words.retired}` : "";
  what.append(button, ` ${version.actor} · ${when} · ${data.reasons[version.reason] ?? version.reason}${gone}`);
  item.append(what);
  return item;
}

function showFaults(faults) {
  places?.clearLayers();
  find("faults").replaceChildren(
    ...faults.map((fault) => {
      const item = document.createElement("li");
      const values = document.createElement("span");
      values.className = "quiet";
      values.lang = "en";
      values.textContent = ` (${fault.text})`;
      item.append(advice(fault), values);
      if (fault.place) {
        const at = [fault.place[1], fault.place[0]];
        L.circleMarker(at, { radius: 12, color: "#8a1038", weight: 4, fillOpacity: 0 }).addTo(places);
      }
      return item;
    }),
  );
}

function tell(error) {
  says.replaceChildren(`${words.refused} `, whyNot(error));
}

async function check() {
  const { faults } = await send("/api/v1/zones/check", { feature: feature() });
  showFaults(faults);
  say(faults.length ? words.faults : words.sound);
}

async function put(drawn, reason) {
  const zoneId = drawn.properties.zone_id;
  const body = { feature: drawn, reason };
  const kept = await change(`/api/v1/zones/${zoneId}`, "PUT", body, etagOf(chosen));
  forgetDraft();
  await list(zoneId);
  say(`${words.saved} ${kept.version}`);
}

/* Undo the last change: what was before it becomes the newest version. */
async function bringBack(before) {
  if (before.retired) await retire(`${words.undone} ${before.version}`);
  else await put(before.feature, `${words.undone} ${before.version}`);
}

async function retire(reason) {
  const { zone_id: zoneId, etag } = chosen;
  await change(`/api/v1/zones/${zoneId}/retire`, "POST", { reason }, etag);
  forgetDraft();
  await list(zoneId);
  say(words.retired);
}

async function list(zoneId) {
  const latest = (await read("/api/v1/zones/versions")).body.items;
  const options = (gone) =>
    latest
      .filter(({ retired }) => retired === gone)
      .map((version) => new Option(name(version.feature), version.zone_id));
  const away = document.createElement("optgroup");
  away.label = words.away;
  away.append(...options(true));
  choice.replaceChildren(choice.options[0], ...options(false), ...(away.children.length ? [away] : []));
  choice.value = zoneId;
  await choose(zoneId);
}

/* ------------------------------------------------------------ rings, and corners as numbers */

function showRings() {
  const [part, ring] = outline.at;
  rings.replaceChildren(
    ...outline.parts.flatMap((each, number) =>
      each.map((_, hole) => {
        const called = hole ? ` · ${words.hole} ${hole}` : "";
        return new Option(`${words.part} ${number + 1}${called}`, `${number}.${hole}`);
      }),
    ),
  );
  rings.value = `${part}.${ring}`;
  find("corners").value = outline.ring.map((corner) => corner.join(", ")).join("\n");
  find("back").disabled = !outline.past.length;
}

function takeCorners() {
  const lines = find("corners").value.split("\n").filter((line) => line.trim());
  const corners = lines.map((line) => line.split(/[\s,]+/).filter(Boolean).map(Number));
  const wrong = corners.findIndex((corner) => corner.length !== 2 || corner.some(Number.isNaN));
  if (wrong >= 0) say(`${words.lonlat} ${lines[wrong]}`);
  else outline.setRing(corners);
}

function listen() {
  choice.addEventListener("change", () => choose(choice.value).catch(tell));
  rings.addEventListener("change", () => outline.choose(...rings.value.split(".").map(Number)));
  find("add-part").addEventListener("click", () => outline.addPart());
  find("add-hole").addEventListener("click", () => outline.addHole());
  find("take-out").addEventListener("click", () => outline.takeOut());
  find("back").addEventListener("click", () => outline.back());
  find("take-corners").addEventListener("click", takeCorners);
  find("check").addEventListener("click", () => check().catch(tell));
  find("retire").addEventListener("click", () => {
    if (form.elements.reason.reportValidity()) retire(form.elements.reason.value).catch(tell);
  });
  discard.addEventListener("click", () => {
    forgetDraft();
    choose(choice.value).catch(tell);
  });
  form.addEventListener("input", keepDraft);
  // a field that a closed box hides cannot say what is wrong with it
  form.addEventListener("invalid", ({ target }) => target.closest("details")?.setAttribute("open", ""), true);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    put(feature(), form.elements.reason.value).catch(tell);
  });
}

coastMap(find("map")).then(async (map) => {
  places = L.layerGroup().addTo(map);
  outline = new Outline(map, words, keepDraft);
  outline.drawn = showRings;
  listen();
  await list("").catch(tell);
});
