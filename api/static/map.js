/* Gives the shapes that folium drew their popups and labels.
 *
 * A popup is a copy of the element of this page whose data-feature-id names the shape: its text
 * was escaped when the page was written, and no text is ever parsed as HTML here.
 */

const box = document.querySelector(".folium-map");
const map = window[box.id];

L.control.attribution({ prefix: "Leaflet" }).addAttribution(box.dataset.attribution).addTo(map);
L.control
  .zoom({ zoomInTitle: box.dataset.zoomIn, zoomOutTitle: box.dataset.zoomOut })
  .addTo(map);
L.control.scale({ imperial: false }).addTo(map);

const cards = new Map(
  [...document.querySelectorAll("[data-feature-id]")].map((card) => [card.dataset.featureId, card]),
);

function labelElement(text) {
  const label = document.createElement("span");
  label.textContent = text;
  return label;
}

function popupElement(card) {
  const copy = card.cloneNode(true);
  copy.removeAttribute("data-feature-id");
  for (const part of copy.querySelectorAll("[id]")) part.removeAttribute("id");
  return copy;
}

map.eachLayer((layer) => {
  if (!layer.feature) return;
  const card = cards.get(String(layer.feature.id));
  if (card) {
    const width = Math.min(340, box.clientWidth - 60);
    layer.bindPopup(() => popupElement(card), {
      minWidth: Math.min(240, width),
      maxWidth: width,
      maxHeight: box.clientHeight - 60,
    });
  }
  if (layer.feature.properties?.label) {
    layer.bindTooltip(labelElement(layer.feature.properties.label), {
      permanent: true,
      direction: "center",
      className: "map-label",
    });
  }
});

map.on("popupopen", (event) => {
  event.popup
    .getElement()
    .querySelector(".leaflet-popup-close-button")
    ?.setAttribute("aria-label", box.dataset.close);
});
