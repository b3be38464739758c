/* A flight played again: the slider walks along the track, and boxes come as they were found. */

/* global L */

import { coastMap } from "./desk_map.js";
import { listen } from "./desk_keys.js";
import { data } from "./desk_request.js";

const SVG = "http://www.w3.org/2000/svg";
const STEP_MS = 700;
const { frames } = data;
const find = (id) => document.getElementById(id);
const place = find("place");
const says = find("says");
let playing = 0;
let marks = null;

function boxElement({ class: kind, name, xyxy_px: [left, top, right, bottom] }) {
  const rect = document.createElementNS(SVG, "rect");
  const at = { class: `box box--${kind}`, x: left, y: top, width: right - left, height: bottom - top };
  for (const [key, value] of Object.entries(at)) rect.setAttribute(key, value);
  const title = document.createElementNS(SVG, "title");
  title.textContent = name;
  rect.append(title);
  return rect;
}

function show() {
  const frame = frames[Number(place.value)];
  find("told").textContent = `${Number(place.value) + 1}/${frames.length} · ${frame.moment}`;
  find("viewer").hidden = false;
  find("open").hidden = !frame.kept;
  find("open").href = `/desk/frames/${frame.sha256}`;
  const found = frame.boxes.map(({ name }) => name).join(", ") || says.dataset.nothing;
  says.textContent = frame.kept ? found : `${found} · ${says.dataset.notKept}`;
  find("sheet").setAttribute("viewBox", `0 0 ${frame.width} ${frame.height}`);
  const picture = find("whole");
  picture.setAttribute("width", frame.width);
  picture.setAttribute("height", frame.height);
  if (frame.kept) picture.setAttribute("href", `/api/v1/frames/${frame.sha256}/picture?width=960`);
  else picture.removeAttribute("href");
  find("boxes").replaceChildren(...frame.boxes.map(boxElement));
  marks?.here.setLatLng([frame.lat, frame.lon]);
}

function walk(step) {
  const next = Number(place.value) + step;
  if (next < 0 || next >= frames.length) {
    if (playing) toggle();
    return;
  }
  place.value = next;
  show();
}

function toggle() {
  if (playing) window.clearInterval(playing);
  if (!playing && Number(place.value) === frames.length - 1) place.value = 0;
  playing = playing ? 0 : window.setInterval(() => walk(1), STEP_MS);
  const { play, pause } = find("play").dataset;
  find("play").textContent = playing ? pause : play;
}

async function drawTrack() {
  const map = await coastMap(find("map"));
  const track = frames.map(({ lat, lon }) => [lat, lon]);
  const line = L.polyline(track, { color: "#06343f", weight: 3 }).addTo(map);
  frames.forEach((frame, number) => {
    if (!frame.boxes.length) return;
    L.circleMarker(track[number], { radius: 6, color: "#ffffff", weight: 2, fillColor: "#c25700", fillOpacity: 1 })
      .on("click", () => {
        place.value = number;
        show();
      })
      .addTo(map);
  });
  marks = { here: L.circleMarker(track[0], { radius: 10, color: "#8a1038", weight: 4, fillOpacity: 0 }).addTo(map) };
  map.fitBounds(line.getBounds().pad(0.3), { maxZoom: 18 });
  show();
}

find("controls").hidden = false;
place.addEventListener("input", show);
find("play").addEventListener("click", toggle);
// the first photo that can be seen with something in it
place.value = Math.max(frames.findIndex(({ kept, boxes }) => kept && boxes.length > 0), 0);
listen({ KeyJ: () => walk(-1), KeyK: () => walk(1), KeyP: toggle });
show();
drawTrack();
