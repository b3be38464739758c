/* Drawing zones: what is kept becomes a new version, and says which one it follows. */

/* global L */

import { coastMap } from "./desk_map.js";
import { Outline } from "./desk_outline.js";
import { Refused, data, send } from "./desk_request.js";

const { words } = data;
const find = (id) => document.getElementById(id);
const form = find("zone-form");
const says = find("says");
const choice = find("zone");
const TEXTS = ["zone_id", "name_th", "name_en", "kind", "binding", "citation", "citation_th", "jurisdiction"];
const DAYS = ["valid_from", "valid_until"];
let latest = [];
let chosen = null; // the version that is changed; null for a new zone
let outline = null;
let places = null;

const name = ({ properties }) => properties[data.language === "en" ? "name_en" : "name_th"];

function say(text) {
  says.textContent = text;
}

async function read(address) {
  const response = await fetch(address, { headers: { Accept: "application/json" } });
  const body = await response.json();
  if (!response.ok) throw new Refused(response.status, body.detail);
  return { body, etag: response.headers.get("ETag") };
}

async function change(address, method, body, etag) {
  const headers = { "Content-Type": "application/json", "X-CSRF-Token": data.csrf_token };
  headers[etag ? "If-Match" : "If-None-Match"] = etag ?? "*";
  const response = await fetch(address, { method, headers, body: JSON.stringify(body) });
  const answer = await response.json();
  if (!response.ok) {
    showFaults(answer.faults ?? []);
    throw new Refused(response.status, answer.detail);
  }
  return answer;
}

/* The zone of the page: what the form does not know of it stays as it was. */
function feature() {
  const fields = new FormData(form);
  const properties = {
    ...(chosen?.feature.properties ?? {}),
    ...Object.fromEntries(TEXTS.map((each) => [each, fields.get(each).trim()])),
    ...Object.fromEntries(DAYS.map((each) => [each, fields.get(each) || null])),
    rules: fields.getAll("rules"),
    indicative: fields.get("indicative") === "on",
  };
  const geometry = outline.open ? outline.geometry() : chosen.feature.geometry;
  return { type: "Feature", properties, geometry };
}

function fill(version) {
  const properties = version?.feature.properties;
  form.reset();
  find("id-field").hidden = Boolean(version);
  find("retire").hidden = !version;
  for (const each of [...TEXTS, ...DAYS]) if (properties?.[each]) form.elements[each].value = properties[each];
  for (const box of form.querySelectorAll("[name=rules]")) box.checked = properties?.rules.includes(box.value) ?? false;
  form.elements.indicative.checked = properties?.indicative ?? true;
}

function simple(geometry) {
  return geometry.type === "Polygon" && geometry.coordinates.length === 1;
}

function show(version) {
  const geometry = version?.feature.geometry;
  outline.open = !geometry || simple(geometry);
  outline.set(geometry && outline.open ? geometry.coordinates[0].slice(0, -1) : []);
  if (geometry && !outline.open) L.geoJSON(geometry, { color: "#8a1038", interactive: false }).addTo(outline.layer);
  if (geometry) outline.map.fitBounds(L.geoJSON(geometry).getBounds().pad(0.4), { animate: false });
  showFaults([]);
  if (!version) say(words.new);
  else say(outline.open ? words.drawing : words.composite);
}

async function choose(zoneId) {
  chosen = null;
  find("versions").replaceChildren();
  if (zoneId) {
    const { body, etag } = await read(`/api/v1/zones/${zoneId}`);
    chosen = { ...body, etag };
    const history = await read(`/api/v1/zones/${zoneId}/versions`);
    find("versions").replaceChildren(...history.body.items.reverse().map(versionElement));
  }
  fill(chosen);
  show(chosen);
}

function versionElement(version) {
  const item = document.createElement("li");
  const what = document.createElement("p");
  const button = document.createElement("button");
  button.type = "button";
  button.className = "button button--small";
  button.textContent = `${words.version} ${version.version}`;
  button.addEventListener("click", () => {
    show(version);
    say(`${words.version} ${version.version}: ${words.shown}`);
  });
  const when = new Date(version.at_utc).toLocaleString(data.language === "en" ? "en-GB" : "th-TH", {
    timeZone: data.timezone,
    dateStyle: "medium",
    timeStyle: "short",
  });
  what.append(button, ` ${version.actor} · ${when} · ${version.reason}`);
  item.append(what);
  return item;
}

function showFaults(faults) {
  places?.clearLayers();
  find("faults").replaceChildren(
    ...faults.map(({ text, place }) => {
      const item = document.createElement("li");
      item.textContent = text;
      if (place) L.circleMarker([place[1], place[0]], { radius: 12, color: "#8a1038", weight: 4, fillOpacity: 0 }).addTo(places);
      return item;
    }),
  );
}

function tell(error) {
  say(`${words.refused} ${error.message}`);
}

async function check() {
  const { faults } = await send("/api/v1/zones/check", { feature: feature() });
  showFaults(faults);
  say(faults.length ? words.faults : words.sound);
}

async function keep() {
  const drawn = feature();
  const zoneId = drawn.properties.zone_id;
  const kept = await change(
    `/api/v1/zones/${zoneId}`,
    "PUT",
    { feature: drawn, reason: form.elements.reason.value },
    chosen?.etag,
  );
  await list(zoneId);
  say(`${words.saved} ${kept.version}`);
}

async function retire() {
  if (!form.elements.reason.reportValidity()) return;
  const { zone_id: zoneId, etag } = chosen;
  await change(`/api/v1/zones/${zoneId}/retire`, "POST", { reason: form.elements.reason.value }, etag);
  await list("");
  say(words.retired);
}

async function list(zoneId) {
  latest = (await read("/api/v1/zones/versions")).body.items.filter(({ retired }) => !retired);
  choice.replaceChildren(
    choice.options[0],
    ...latest.map((version) => new Option(name(version.feature), version.zone_id)),
  );
  choice.value = zoneId;
  await choose(zoneId);
}

function takeCorners() {
  const lines = find("corners").value.split("\n").filter((line) => line.trim());
  const corners = lines.map((line) => line.split(/[\s,]+/).filter(Boolean).map(Number));
  const wrong = corners.findIndex((corner) => corner.length !== 2 || corner.some(Number.isNaN));
  if (wrong >= 0) say(`${words.lonlat} ${lines[wrong]}`);
  else outline.set(corners);
}

coastMap(find("map")).then(async (map) => {
  places = L.layerGroup().addTo(map);
  outline = new Outline(map, words, (corners) => {
    find("corners").value = corners.map((corner) => corner.join(", ")).join("\n");
  });
  choice.addEventListener("change", () => choose(choice.value).catch(tell));
  find("check").addEventListener("click", () => check().catch(tell));
  find("retire").addEventListener("click", () => retire().catch(tell));
  find("take-corners").addEventListener("click", takeCorners);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    keep().catch(tell);
  });
  await list("").catch(tell);
});
