/* Gives the shapes that folium drew their popups and labels.
 *
 * A popup is a copy of the element of this page whose data-feature-id names the shape: its text
 * was escaped when the page was written, and no text is ever parsed as HTML here.
 */

const box = document.querySelector(".folium-map");
const map = window[box.id];

L.control.attribution({ prefix: false }).addAttribution(box.dataset.attribution).addTo(map);
L.control
  .zoom({
    position: "topright", // over land: the sea to the west has zones
    zoomInTitle: box.dataset.zoomIn,
    zoomOutTitle: box.dataset.zoomOut,
  })
  .addTo(map);
L.control.scale({ imperial: false, position: "topleft" }).addTo(map);

const cards = new Map(
  [...document.querySelectorAll("[data-feature-id]")].map((card) => [card.dataset.featureId, card]),
);

function textElement(text) {
  const element = document.createElement("span");
  element.textContent = text;
  return element;
}

function popupElement(card) {
  const copy = card.cloneNode(true);
  copy.removeAttribute("data-feature-id");
  for (const part of copy.querySelectorAll("[id]")) part.removeAttribute("id");
  return copy;
}

const labelled = [];
map.eachLayer((layer) => {
  if (!layer.feature) return;
  const card = cards.get(String(layer.feature.id));
  if (card) {
    const width = Math.min(340, box.clientWidth - 60);
    layer.bindPopup(() => popupElement(card), {
      minWidth: Math.min(240, width),
      maxWidth: width,
      maxHeight: box.clientHeight - 60,
      // clear of the zoom buttons, which hide on narrow screens
      autoPanPaddingTopLeft: [10, 10],
      autoPanPaddingBottomRight: [box.clientWidth > 500 ? 64 : 10, 10],
    });
  }
  const { label, hint } = layer.feature.properties ?? {};
  if (label) {
    layer.bindTooltip(textElement(label), {
      permanent: true,
      direction: "center",
      className: "map-label",
    });
    labelled.unshift(layer); // the most urgent zone is drawn last and labelled first
  }
  if (hint) layer.bindTooltip(textElement(hint), { sticky: true, className: "map-label" });
});

/* A label that the edge of the map would cut stands a little beside the middle of its zone. */
function keepWhole(tooltip) {
  const setBeside = (px) => {
    tooltip.options.offset = [px, 0];
    tooltip.update();
  };
  setBeside(0);
  const frame = box.getBoundingClientRect();
  const here = tooltip.getElement().getBoundingClientRect();
  const cut = Math.max(frame.left + 4 - here.left, 0) + Math.min(frame.right - 4 - here.right, 0);
  if (cut && Math.abs(cut) < here.width) setBeside(cut);
}

/* Where labels would cover each other, the more urgent one stays; zooming in shows the others. */
function showLabels() {
  const shown = [];
  for (const layer of labelled) {
    const element = layer.getTooltip().getElement();
    element.hidden = false;
    keepWhole(layer.getTooltip());
    const here = element.getBoundingClientRect();
    element.hidden = shown.some(
      (other) =>
        here.left < other.right &&
        other.left < here.right &&
        here.top < other.bottom &&
        other.top < here.bottom,
    );
    if (!element.hidden) shown.push(here);
  }
}
map.on("zoomend resize", showLabels);
showLabels();

map.on("popupclose", () => box.classList.remove("has-popup"));
map.on("popupopen", (event) => {
  box.classList.add("has-popup");
  event.popup
    .getElement()
    .querySelector(".leaflet-popup-close-button")
    ?.setAttribute("aria-label", box.dataset.close);
});
