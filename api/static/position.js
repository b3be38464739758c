/* Where this phone is among the zones. The position is compared here and sent to nobody. */

import { heard, statusNow } from "/static/zones.js";

const KMH_OF_M_S = 3.6;
const KNOTS_OF_M_S = 3.6 / 1.852;
const URGENCY = { calm: 0, caution: 1, closed: 2 };
const VIBRATION_MS = { caution: [300, 150, 300], closed: [500, 150, 500, 150, 500] };
const POOR_ACCURACY_M = 500;
const METRES_OF_DEGREE = 111_195;

const panel = document.querySelector("#here");
const button = document.querySelector("#here-button");
const banner = document.querySelector("#here-banner");
const speedLine = document.querySelector("#here-speed");
const word = panel.dataset;
const language = document.documentElement.lang;
let watching = null;
let awake = null; // the phone's promise to keep its screen on; it forgets it when the page is hidden
let here = null; // the position last told
let last = null; // what the banner says, so that the phone shakes only when it changes

/* Whether [lon, lat] lies in a ring, by the even-odd rule. */
function inRing([lon, lat], ring) {
  let inside = false;
  for (let i = 0, j = ring.length - 1; i < ring.length; j = i++) {
    const [x1, y1] = ring[i];
    const [x2, y2] = ring[j];
    if (y1 > lat !== y2 > lat && lon < ((x2 - x1) * (lat - y1)) / (y2 - y1) + x1) inside = !inside;
  }
  return inside;
}

function polygonsOf({ type, coordinates }) {
  return type === "MultiPolygon" ? coordinates : [coordinates];
}

export function isInside(point, geometry) {
  return polygonsOf(geometry).some(
    ([shell, ...holes]) => inRing(point, shell) && !holes.some((hole) => inRing(point, hole)),
  );
}

/* Metres from a point to the nearest edge; flat, which is true to a metre or so over a zone. */
export function edgeDistanceM([lon, lat], geometry) {
  const east = METRES_OF_DEGREE * Math.cos((lat * Math.PI) / 180);
  let nearest = Infinity;
  for (const ring of polygonsOf(geometry).flat()) {
    const points = ring.map(([x, y]) => [(x - lon) * east, (y - lat) * METRES_OF_DEGREE]);
    for (let i = 1; i < points.length; i++) {
      const [ax, ay] = points[i - 1];
      const [dx, dy] = [points[i][0] - ax, points[i][1] - ay];
      const along = Math.min(1, Math.max(0, -(ax * dx + ay * dy) / (dx * dx + dy * dy || 1)));
      nearest = Math.min(nearest, Math.hypot(ax + along * dx, ay + along * dy));
    }
  }
  return nearest;
}

/* The most urgent zone at a point, one that surely holds it before one that may. */
export function zoneAt(point, accuracyM, features) {
  const found = features
    .map((feature) => {
      const sure = isInside(point, feature.geometry);
      const near = sure || edgeDistanceM(point, feature.geometry) <= accuracyM;
      return near ? { feature, sure, status: statusNow(feature) } : null;
    })
    .filter(Boolean);
  found.sort((a, b) => URGENCY[b.status] - URGENCY[a.status] || Number(b.sure) - Number(a.sure));
  return found[0] ?? null;
}

function say(status, ...texts) {
  const key = `${status} ${texts[0]}`;
  if (key !== last) {
    banner.className = `here__banner here__banner--${status}`;
    banner.replaceChildren(
      ...texts.filter(Boolean).map((text) => {
        const paragraph = document.createElement("p");
        paragraph.textContent = text;
        return paragraph;
      }),
    );
    if (status in VIBRATION_MS) navigator.vibrate?.(VIBRATION_MS[status]);
    last = key;
  }
  banner.hidden = false;
}

function tellSpeed(speedMS, status) {
  speedLine.hidden = speedMS === null;
  if (speedMS === null) return;
  const knots = speedMS * KNOTS_OF_M_S;
  const fast = status !== "calm" && knots > Number(word.slowKnots);
  speedLine.classList.toggle("here__speed--fast", fast);
  const own = word.speed
    .replace("{knots}", knots.toFixed(1))
    .replace("{kmh}", (speedMS * KMH_OF_M_S).toFixed(0));
  speedLine.textContent = fast ? `${own}. ${word.fast}` : own;
}

function show(position) {
  here = position;
  judge();
}

/* Say where the phone is; nothing while the zones are still on their way, over a slow network. */
function judge() {
  if (here === null || !heard.answered) return;
  if (heard.features.length === 0) {
    say("caution", word.noZones);
    return;
  }
  const { longitude, latitude, accuracy, speed } = here.coords;
  const at = zoneAt([longitude, latitude], accuracy, heard.features);
  const vague =
    accuracy > POOR_ACCURACY_M ? word.far.replace("{metres}", accuracy.toFixed(0)) : "";
  if (at === null) {
    say("calm", word.outside, vague);
  } else {
    const told = at.feature.properties;
    const name = language === "th" ? told.name_th : told.name_en;
    const advice = language === "th" ? told.advice_th : told.advice_en;
    const old = at.status !== told.status;
    say(
      at.status,
      (at.sure ? word.inside : word.near).replace("{zone}", name),
      old ? document.querySelector("#as-of").dataset.unknown : advice,
      vague,
    );
  }
  tellSpeed(speed ?? null, at?.status ?? "calm");
}

function fail(error) {
  say("caution", error.code === error.PERMISSION_DENIED ? word.denied : word.lost);
  if (error.code === error.PERMISSION_DENIED) stop();
}

/* Keep the screen on while the phone warns: asleep it would neither look nor shake. */
async function stayAwake() {
  if (watching === null || document.hidden || awake?.released === false) return;
  // refused by a battery that is low; then it warns for as long as its screen is on
  awake = (await navigator.wakeLock?.request("screen").catch(() => null)) ?? null;
  if (watching === null) awake?.release();
}

function start() {
  watching = navigator.geolocation.watchPosition(show, fail, {
    enableHighAccuracy: true,
    maximumAge: 5_000,
    timeout: 30_000,
  });
  button.textContent = word.stop;
  stayAwake();
  sessionStorage.setItem("libong-watching", "yes"); // goes on when the page renews itself
}

function stop() {
  navigator.geolocation.clearWatch(watching);
  watching = here = null;
  awake?.release();
  button.textContent = word.start;
  sessionStorage.removeItem("libong-watching");
}

// browsers give no position to pages without HTTPS
if ("geolocation" in navigator && window.isSecureContext) {
  panel.hidden = false;
  button.addEventListener("click", () => {
    if (watching === null) {
      last = null;
      start();
    } else {
      stop();
      banner.hidden = speedLine.hidden = true;
    }
  });
  document.addEventListener("visibilitychange", stayAwake);
  window.addEventListener("zones-heard", judge);
  if (sessionStorage.getItem("libong-watching")) start();
}
