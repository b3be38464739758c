/* The age of what the page says, and the page kept for times without network. */

const ZONES = "/api/public/zones.geojson";
const ASK_AGAIN_MS = 5 * 60 * 1000; // as long as the service holds its statuses
const PATIENCE_MS = 20_000; // then who asks where they are is told that there are no zones yet
const OLD_MS = 24 * 3600 * 1000; // after a day "as usual" is a guess

const line = document.querySelector("#as-of");
const language = document.documentElement.lang;
const words = new Intl.RelativeTimeFormat(language, { numeric: "auto" });

/* What was last heard of the zones: `features`, `asOf` (the service's clock) and `heardAt` (ours);
   `answered` once the first question for them is over, with an answer or without, or takes long. */
export const heard = { features: [], asOf: null, heardAt: null, offline: false, answered: false };

/* How old the statuses are, in ms, by this phone's clock alone. */
export function ageMs() {
  return heard.heardAt === null ? 0 : Math.max(0, Date.now() - heard.heardAt);
}

/* The status to go by: what is too old to be trusted counts as a reason to slow down. */
export function statusNow(feature) {
  const { status } = feature.properties;
  return status === "calm" && ageMs() > OLD_MS ? "caution" : status;
}

/* Ask for the zones; "zones-heard" tells the window that it is over, or takes long. */
async function listen() {
  const late = setTimeout(tellHeard, PATIENCE_MS);
  await ask();
  clearTimeout(late);
  tellHeard();
}

function tellHeard() {
  heard.answered = true;
  window.dispatchEvent(new Event("zones-heard"));
}

async function ask() {
  let answer, told;
  try {
    answer = await fetch(ZONES);
    if (!answer.ok) throw new Error(String(answer.status));
    told = await answer.json(); // a connection may go while this comes
  } catch {
    heard.offline = true;
    tellAge();
    return;
  }
  const keptAt = answer.headers.get("X-Kept-At");
  heard.features = told.features;
  heard.asOf = told.as_of;
  heard.offline = keptAt !== null;
  heard.heardAt = keptAt === null ? Date.now() : Number(keptAt);
  if (!heard.offline && differs()) location.reload();
  tellAge();
}

/* Whether the page says other than what was just heard; once for each reading, never in a circle. */
function differs() {
  if (sessionStorage.getItem("libong-reloaded-for") === heard.asOf) return false;
  const other = heard.features.some((feature) => {
    const card = [...document.querySelectorAll("[data-told]")].find(
      (each) => each.dataset.featureId === feature.id,
    );
    const { status, presence, until } = feature.properties;
    return card?.dataset.told !== `${status} ${presence} ${until ?? ""}`;
  });
  if (other) sessionStorage.setItem("libong-reloaded-for", heard.asOf);
  return other;
}

function agoText(ms) {
  const minutes = Math.round(ms / 60_000);
  if (minutes < 60) return words.format(-minutes, "minute");
  const hours = Math.round(minutes / 60);
  return hours < 48 ? words.format(-hours, "hour") : words.format(-Math.round(hours / 24), "day");
}

function tellAge() {
  const age = ageMs();
  const old = age > OLD_MS;
  const template = heard.offline ? line.dataset.offline : line.dataset.ago;
  line.classList.toggle("as-of--offline", heard.offline);
  line.classList.toggle("as-of--old", old);
  if (heard.heardAt !== null && (heard.offline || age > 60_000)) {
    line.textContent = template.replace("{ago}", agoText(age)) + (old ? ` ${line.dataset.old}` : "");
  }
  if (old) for (const card of document.querySelectorAll(".zone--calm")) fallBack(card);
}

/* A zone "as usual" of which nothing was heard for a day: nobody knows, so go slowly. */
function fallBack(card) {
  card.classList.replace("zone--calm", "zone--caution");
  const chip = card.querySelector(".chip");
  chip.classList.replace("chip--calm", "chip--caution");
  chip.textContent = `▲ ${line.dataset.unknown}`;
  card.querySelector(".zone__advice").textContent = line.dataset.old;
}

listen();
setInterval(listen, ASK_AGAIN_MS);
setInterval(tellAge, 60_000);
window.addEventListener("online", listen);
window.addEventListener("offline", listen);
document.addEventListener("visibilitychange", () => {
  if (document.visibilityState === "visible") listen();
});

// pages without HTTPS have none; they work, but only with network
if ("serviceWorker" in navigator) {
  window.addEventListener("load", () => navigator.serviceWorker.register("/zones-worker.js"));
}
