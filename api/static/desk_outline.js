/* An outline being drawn on the map: corners to tap, to drag and to take out. */

/* global L */

export class Outline {
  constructor(map, words, changed) {
    this.map = map;
    this.words = words;
    this.changed = changed;
    this.corners = []; // [longitude, latitude]
    this.open = false; // whether corners can be drawn
    this.layer = L.layerGroup().addTo(map);
    map.on("click", ({ latlng }) => {
      if (!this.open) return;
      this.set([...this.corners, [latlng.lng, latlng.lat]]);
    });
  }

  set(corners) {
    this.corners = corners.map((corner) => corner.map((degrees) => Number(degrees.toFixed(6))));
    this.draw();
    this.changed(this.corners);
  }

  draw() {
    this.layer.clearLayers();
    const ring = this.corners.map(([lon, lat]) => [lat, lon]);
    this.shape = L.polygon(ring, { color: "#8a1038", weight: 3, fillOpacity: 0.12, interactive: false });
    this.shape.addTo(this.layer);
    if (!this.open) return;
    ring.forEach((at, number) => {
      const corner = L.marker(at, {
        draggable: true,
        title: `${this.words.corner} ${number + 1}`,
        icon: L.divIcon({ className: "corner", iconSize: [22, 22] }),
      }).addTo(this.layer);
      corner.on("drag", ({ latlng }) => {
        ring[number] = [latlng.lat, latlng.lng];
        this.shape.setLatLngs(ring);
      });
      corner.on("dragend", () => this.set(ring.map(([lat, lng]) => [lng, lat])));
      corner.bindPopup(() => this.removal(number));
    });
  }

  removal(number) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "button button--small";
    button.textContent = this.words.remove;
    button.addEventListener("click", () => this.set(this.corners.filter((_, each) => each !== number)));
    return button;
  }

  geometry() {
    return { type: "Polygon", coordinates: [[...this.corners, this.corners[0]]] };
  }
}
