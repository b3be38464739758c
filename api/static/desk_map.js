/* The map of the desk: our own coast and zones, and each alert with the circle of its error. */

/* global L */

const COLOURS = { high: "#8a1038", normal: "#c25700", low: "#5a777d" };
const LAND = { color: "#8a7a55", weight: 1, fillColor: "#f3ead3", fillOpacity: 1, interactive: false };
const SEA = { stroke: false, fillColor: "#c9e4ea", fillOpacity: 1, interactive: false };
const ZONE = { color: "#0b4f5c", weight: 2, dashArray: "6 5", fillOpacity: 0.06 };

/* An empty sheet in `box` with the coast and the zones. */
export async function coastMap(box) {
  const response = await fetch("/desk/map.json");
  const { coast, zones } = await response.json();
  const map = L.map(box, { attributionControl: false, zoomControl: false, minZoom: 10, maxZoom: 19 });
  const land = L.geoJSON(coast, { style: LAND });
  L.rectangle(land.getBounds(), SEA).addTo(map);
  land.addTo(map);
  const outlines = L.geoJSON(zones, {
    style: ZONE,
    onEachFeature(feature, layer) {
      const name = document.createElement("span");
      name.textContent = feature.properties.hint;
      layer.bindTooltip(name, { sticky: true, className: "map-label" });
    },
  }).addTo(map);
  L.control.attribution({ prefix: false }).addAttribution(box.dataset.attribution).addTo(map);
  L.control
    .zoom({ zoomInTitle: box.dataset.zoomIn, zoomOutTitle: box.dataset.zoomOut })
    .addTo(map);
  L.control.scale({ imperial: false, position: "topright" }).addTo(map);
  map.fitBounds((zones.features.length ? outlines : land).getBounds(), { padding: [12, 12] });
  return map;
}

export class AlertMap {
  constructor(map, choose) {
    this.map = map;
    this.choose = choose;
    this.layer = L.layerGroup().addTo(map);
  }

  /* Draw the rows of the list; the chosen one stands out. */
  show(rows, chosen) {
    this.layer.clearLayers();
    for (const { dataset } of rows) {
      const at = [Number(dataset.lat), Number(dataset.lon)];
      const isChosen = dataset.id === chosen;
      const colour = COLOURS[dataset.priority];
      L.circle(at, { radius: Number(dataset.error), color: colour, weight: 1, fillOpacity: 0.15, interactive: false })
        .addTo(this.layer);
      L.circleMarker(at, {
        radius: isChosen ? 12 : 8,
        weight: isChosen ? 4 : 2,
        color: isChosen ? "#06343f" : "#ffffff",
        fillColor: colour,
        fillOpacity: 0.95,
      })
        .on("click", () => this.choose(dataset.id))
        .addTo(this.layer);
      if (isChosen && !this.map.getBounds().pad(-0.1).contains(at)) this.map.panTo(at);
    }
  }
}
