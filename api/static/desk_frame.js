/* The frame viewer: look closer, measure on the sea, and say what is in a box. */

import { listen } from "./desk_keys.js";
import { data, send, whyNot } from "./desk_request.js";
import { Sheet } from "./desk_sheet.js";

document.documentElement.classList.add("scripted");
const SVG = "http://www.w3.org/2000/svg";
const { words } = data;
const viewer = document.getElementById("viewer");
const says = document.getElementById("says");
const follow = (key) => document.querySelector(`a[data-key="${key}"]`)?.click();
const actions = { KeyJ: () => follow("J"), KeyK: () => follow("K"), Escape: () => follow("Esc") };

const strip = document.querySelector(".strip");
const here = strip.querySelector("[aria-current]");
strip.scrollLeft = here.offsetLeft - strip.offsetLeft - (strip.clientWidth - here.offsetWidth) / 2;
if (viewer) start();
listen(actions);

function start() {
  const svg = document.getElementById("sheet");
  const sharp = document.getElementById("sharp");
  const overlay = document.getElementById("overlay");
  const frame = `/api/v1/frames/${viewer.dataset.sha256}`;
  let tool = "";
  let points = [];
  let chosen = null;
  let sharpening = 0;

  /* Where the small picture would be blurred, the piece that is looked at is fetched sharper. */
  function moved({ x, y, width, height }) {
    window.clearTimeout(sharpening);
    const shown = svg.clientWidth * window.devicePixelRatio;
    if (width * (1280 / sheetWidth()) >= shown) return;
    sharpening = window.setTimeout(() => {
      const full = { width: Number(svg.dataset.width), height: Number(svg.dataset.height) };
      const left = Math.max(Math.floor(x), 0);
      const top = Math.max(Math.floor(y), 0);
      const right = Math.min(Math.ceil(x + width), full.width);
      const bottom = Math.min(Math.ceil(y + height), full.height);
      if (right <= left || bottom <= top) return;
      const piece = [left, top, right - left, bottom - top];
      const wanted = Math.min(Math.max(Math.round(shown), 16), 2048);
      sharp.setAttribute("href", `${frame}/picture?width=${wanted}&piece=${piece}`);
      ["x", "y", "width", "height"].forEach((name, place) => sharp.setAttribute(name, piece[place]));
    }, 250);
  }
  function sheetWidth() {
    return Number(svg.dataset.width);
  }

  function use(next) {
    tool = tool === next ? "" : next;
    viewer.dataset.tool = tool === "outline" ? "draw" : tool;
    for (const button of document.querySelectorAll("[data-tool][aria-pressed]"))
      button.setAttribute("aria-pressed", String(button.dataset.tool === tool));
    points = [];
    overlay.replaceChildren();
    says.textContent = tool ? words[tool] : "";
    if (tool === "outline" && !chosen) says.textContent = words.choose_box;
  }

  function shape(name, attributes) {
    const element = document.createElementNS(SVG, name);
    for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
    return element;
  }

  async function measured(here) {
    points.push(here);
    const line = points.map(({ x, y }) => `${x},${y}`).join(" ");
    const ends = points.map(({ x, y }) => shape("circle", { class: "ruler", cx: x, cy: y, r: sheet.window.width / 180 }));
    overlay.replaceChildren(
      shape("polyline", { class: "ruler ruler--edge", points: line }),
      shape("polyline", { class: "ruler", points: line }),
      ...ends,
    );
    try {
      const found = await send(`${frame}/measure`, { xy_px: points.map(({ x, y }) => [x, y]) });
      const place = found.places[found.places.length - 1];
      const where = `${place.lat.toFixed(5)}, ${place.lon.toFixed(5)} ± ${place.radius_of_95_percent_m.toFixed(0)} ${words.metres} (95 %)`;
      const long = `${found.length_m.toFixed(1)} ± ${found.length_margin_m.toFixed(1)} ${words.metres}`;
      says.textContent = points.length > 1 ? `${words.length}: ${long} · ${where}` : where;
      says.dataset.metres = found.length_m;
    } catch (error) {
      says.replaceChildren(whyNot(error));
    }
  }

  function dragged(from, to, ended) {
    const [x, y] = [Math.min(from.x, to.x), Math.min(from.y, to.y)];
    const [width, height] = [Math.abs(from.x - to.x), Math.abs(from.y - to.y)];
    overlay.replaceChildren(shape("rect", { class: "drawing", x, y, width, height }));
    if (ended) keep(x, y, width, height);
  }

  function keep(x, y, width, height) {
    const box = { xyxy_px: [x, y, x + width, y + height] };
    if (tool === "outline") {
      if (!chosen) return;
      label({ ...box, object_class: chosen.dataset.class, key: chosen.dataset.keyOfBox, version: Number(chosen.dataset.version) });
    } else label({ ...box, object_class: document.getElementById("draw-class").value });
  }

  async function label(box) {
    try {
      await send(`${frame}/labels`, box);
      window.location.reload();
    } catch (error) {
      says.replaceChildren(whyNot(error));
    }
  }

  function choose(rect) {
    chosen?.classList.remove("box--chosen");
    chosen = rect;
    chosen?.classList.add("box--chosen");
    if (chosen) says.textContent = chosen.querySelector("title").textContent;
  }

  function tapped(here, target) {
    if (tool === "measure") measured(here);
    else if (target.classList.contains("box")) choose(target);
    else choose(null);
  }

  const sheet = new Sheet(svg, { moved, tapped, dragged });
  sheet.drags = () => tool === "draw" || (tool === "outline" && chosen !== null);

  function hideBoxes() {
    const bare = viewer.classList.toggle("viewer--bare");
    document.getElementById("bare").setAttribute("aria-pressed", String(bare));
  }

  for (const button of document.querySelectorAll(".viewer__bar button")) button.hidden = false;
  for (const button of document.querySelectorAll("[data-tool][aria-pressed]"))
    button.addEventListener("click", () => use(button.dataset.tool));
  document.getElementById("bare").addEventListener("click", hideBoxes);
  const zooms = { in: () => sheet.zoom(1.6), out: () => sheet.zoom(1 / 1.6), all: () => sheet.showAll() };
  for (const button of document.querySelectorAll("[data-zoom]"))
    button.addEventListener("click", () => zooms[button.dataset.zoom]());

  document.getElementById("boxes").addEventListener("click", async (event) => {
    const item = event.target.closest("li[data-key-of-box]");
    if (!item) return;
    const rect = svg.querySelector(`[data-key-of-box="${item.dataset.keyOfBox}"]`);
    if (!event.target.matches("button")) {
      choose(rect);
      return;
    }
    const known = { key: item.dataset.keyOfBox, version: Number(item.dataset.version) };
    if (event.target.matches("[data-confirm-box]")) await label({ ...boxOf(rect), ...known, object_class: item.querySelector("select").value });
    else {
      try {
        await send(`${frame}/labels/removed`, known);
        window.location.reload();
      } catch (error) {
        says.replaceChildren(whyNot(error));
      }
    }
  });

  function boxOf(rect) {
    const [x, y, width, height] = ["x", "y", "width", "height"].map((name) => Number(rect.getAttribute(name)));
    return { xyxy_px: [x, y, x + width, y + height] };
  }

  Object.assign(actions, {
    KeyM: () => use("measure"),
    KeyD: () => use("draw"),
    KeyR: () => use("outline"),
    KeyH: hideBoxes,
    Digit0: () => sheet.showAll(),
    Escape: () => (tool ? use(tool) : follow("Esc")),
  });
}
