/* An outline being drawn on the map: parts with their holes, each a ring of corners to tap, to drag
 * and to take out. One ring is drawn at a time; the others show. */

/* global L */

const EDGE = { color: "#8a1038", weight: 3, fillOpacity: 0.12, interactive: false };
const RESTING = { ...EDGE, weight: 2, dashArray: "4 6" };

const closed = (ring) => (ring.length ? [...ring, ring[0]] : []);
const onMap = (ring) => ring.map(([lon, lat]) => [lat, lon]);
const rounded = (corner) => corner.map((degrees) => Number(degrees.toFixed(6)));

export class Outline {
  constructor(map, words, changed) {
    this.map = map;
    this.words = words;
    this.changed = changed;
    this.parts = [[[]]]; // parts of rings of [longitude, latitude]; the first ring is the outer one
    this.at = [0, 0]; // the part and the ring that are drawn
    this.past = []; // what was, to go back to
    this.layer = L.layerGroup().addTo(map);
    map.on("click", ({ latlng }) => this.setRing([...this.ring, [latlng.lng, latlng.lat]]));
  }

  get ring() {
    return this.parts[this.at[0]][this.at[1]];
  }

  /* Show the outline of a zone; null for one that is new. */
  show(geometry) {
    const polygons = geometry?.type === "MultiPolygon" ? geometry.coordinates : [geometry?.coordinates ?? [[]]];
    this.parts = polygons.map((rings) => rings.map((ring) => ring.slice(0, -1)));
    this.at = [0, 0];
    this.past = [];
    this.draw();
    if (geometry) this.map.fitBounds(L.geoJSON(geometry).getBounds().pad(0.4), { animate: false });
  }

  geometry() {
    const polygons = this.parts
      .map((rings) => rings.filter((ring, hole) => ring.length || !hole).map(closed))
      .filter(([outer]) => outer.length);
    return polygons.length > 1
      ? { type: "MultiPolygon", coordinates: polygons }
      : { type: "Polygon", coordinates: polygons[0] ?? [[]] };
  }

  /* Change the rings by `change`, given a copy of them; remembered for `back`. */
  change(change) {
    const before = { parts: this.parts, at: this.at };
    this.parts = this.parts.map((rings) => rings.map((ring) => [...ring]));
    change(this.parts);
    this.past.push(before);
    this.draw();
    this.changed();
  }

  setRing(corners) {
    const [part, ring] = this.at;
    this.change((parts) => {
      parts[part][ring] = corners.map(rounded);
    });
  }

  addPart() {
    this.change((parts) => {
      parts.push([[]]);
      this.at = [parts.length - 1, 0];
    });
  }

  addHole() {
    const [part] = this.at;
    this.change((parts) => {
      parts[part].push([]);
      this.at = [part, parts[part].length - 1];
    });
  }

  /* Take out the ring that is drawn: a hole, or a part with all its holes. */
  takeOut() {
    const [part, ring] = this.at;
    this.change((parts) => {
      if (ring) parts[part].splice(ring, 1);
      else parts.splice(part, 1);
      if (!parts.length) parts.push([[]]);
      this.at = [Math.min(part, parts.length - 1), 0];
    });
  }

  choose(part, ring) {
    this.at = [part, ring];
    this.draw();
  }

  back() {
    const before = this.past.pop();
    if (!before) return;
    Object.assign(this, before);
    this.draw();
    this.changed();
  }

  draw() {
    this.layer.clearLayers();
    this.parts.forEach((rings, part) =>
      L.polygon(rings.map(onMap), part === this.at[0] ? EDGE : RESTING).addTo(this.layer),
    );
    this.drawCorners();
    this.drawn?.();
  }

  drawCorners() {
    const ring = onMap(this.ring);
    const edge = L.polyline(closed(ring), { ...EDGE, weight: 5 }).addTo(this.layer);
    ring.forEach((at, number) => {
      const corner = L.marker(at, {
        draggable: true,
        title: `${this.words.corner} ${number + 1}`,
        alt: `${this.words.corner} ${number + 1}`,
        icon: L.divIcon({ className: "corner", iconSize: [24, 24] }),
      }).addTo(this.layer);
      corner.on("drag", ({ latlng }) => {
        ring[number] = [latlng.lat, latlng.lng];
        edge.setLatLngs(closed(ring));
      });
      corner.on("dragend", () => this.setRing(ring.map(([lat, lng]) => [lng, lat])));
      corner.bindPopup(() => this.removal(number));
    });
  }

  removal(number) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "button button--small";
    button.textContent = this.words.remove;
    button.addEventListener("click", () => this.setRing(this.ring.filter((_, each) => each !== number)));
    return button;
  }
}
