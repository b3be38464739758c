/* Where it was: the phone's own place, or a tap on a map that is drawn from the site's coast. */

import { bytesText, say } from "./words.js";

const WIDEST_M = 5_000; // of the phone's error; a worse guess is no place
const TAP_PX = 14; // how far beside the meant point a finger lands
const METRES_PER_DEGREE = 111_195;

function outline() {
  return JSON.parse(document.querySelector("#land").textContent);
}

class PlaceMap {
  constructor(canvas, onTap) {
    this.canvas = canvas;
    this.land = outline();
    const { west, south, east, north } = this.land.bounds;
    this.squeeze = Math.cos(((south + north) / 2) * (Math.PI / 180));
    Object.assign(this, { west, south, east, north, marked: null });
    canvas.addEventListener("click", (event) => onTap(this.#placeAt(event)));
    new ResizeObserver(() => this.draw()).observe(canvas);
  }

  #scale() {
    const { clientWidth: width, clientHeight: height } = this.canvas;
    const across = (this.east - this.west) * this.squeeze;
    return Math.min(width / across, height / (this.north - this.south));
  }

  #pixel([lon, lat]) {
    const { clientWidth: width, clientHeight: height } = this.canvas;
    const scale = this.#scale();
    return [
      width / 2 + (lon - (this.west + this.east) / 2) * this.squeeze * scale,
      height / 2 - (lat - (this.south + this.north) / 2) * scale,
    ];
  }

  #placeAt(event) {
    const box = this.canvas.getBoundingClientRect();
    const scale = this.#scale();
    const x = event.clientX - box.left - box.width / 2;
    const y = event.clientY - box.top - box.height / 2;
    return {
      lon: (this.west + this.east) / 2 + x / scale / this.squeeze,
      lat: (this.south + this.north) / 2 - y / scale,
      error_m: (TAP_PX / scale) * METRES_PER_DEGREE,
    };
  }

  mark(place) {
    this.marked = place;
    if (place) {
      // a phone beyond the edge is shown too
      this.west = Math.min(this.west, place.lon);
      this.east = Math.max(this.east, place.lon);
      this.south = Math.min(this.south, place.lat);
      this.north = Math.max(this.north, place.lat);
    }
    this.draw();
  }

  draw() {
    const { clientWidth: width, clientHeight: height } = this.canvas;
    const density = window.devicePixelRatio || 1;
    this.canvas.width = width * density;
    this.canvas.height = height * density;
    const pen = this.canvas.getContext("2d");
    pen.scale(density, density);
    pen.fillStyle = "#d9ecf0";
    pen.fillRect(0, 0, width, height);
    pen.fillStyle = "#e8e0c8";
    pen.strokeStyle = "#5a777d";
    for (const ring of this.land.rings) {
      pen.beginPath();
      for (const point of ring) pen.lineTo(...this.#pixel(point));
      pen.closePath();
      pen.fill();
      pen.stroke();
    }
    if (!this.marked) return;
    const [x, y] = this.#pixel([this.marked.lon, this.marked.lat]);
    const radius = (this.marked.error_m / METRES_PER_DEGREE) * this.#scale();
    pen.beginPath();
    pen.arc(x, y, Math.max(radius, 12), 0, 2 * Math.PI);
    pen.fillStyle = "rgb(176 24 72 / 25%)";
    pen.fill();
    pen.beginPath();
    pen.arc(x, y, 6, 0, 2 * Math.PI);
    pen.fillStyle = "#b01848";
    pen.fill();
  }
}

/** Speak for a file input in the reader's language; returns a function that tells what is chosen. */
function livenPick(input) {
  const chosen = document.querySelector(`#${input.id}-chosen`);
  const none = chosen.textContent;
  const tell = () => {
    const [file] = input.files;
    chosen.textContent = file ? `${file.name} (${bytesText(file.size)})` : none;
    input.title = chosen.textContent; // in place of the browser's own
  };
  input.closest(".pick").classList.add("pick--live");
  tell();
  return tell;
}

async function showPhoto(input, canvas) {
  const [photo] = input.files;
  canvas.hidden = true;
  if (!photo || !window.createImageBitmap) return;
  try {
    const picture = await createImageBitmap(photo);
    const shrink = Math.min(1, 600 / Math.max(picture.width, picture.height));
    canvas.width = picture.width * shrink;
    canvas.height = picture.height * shrink;
    canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
    canvas.hidden = false;
  } catch {
    // a kind of picture that this browser cannot show, such as HEIC; it is sent all the same
  }
}

/** Bring the fields of a report's form to life; returns a function that forgets the place. */
export function livenForm(form) {
  const told = document.querySelector("#place-told");
  const canvas = document.querySelector("#place-map");
  const here = document.querySelector("#here");
  canvas.hidden = false;
  document.querySelector("#place-hint").hidden = false;
  const set = (place) => {
    for (const name of ["lon", "lat", "error_m"]) form.elements[name].value = place?.[name] ?? "";
    map.mark(place);
  };
  const map = new PlaceMap(canvas, (place) => {
    set(place);
    told.textContent = say("place_chosen");
  });
  if (navigator.geolocation) {
    here.hidden = false;
    here.addEventListener("click", () => {
      told.textContent = say("place_looking");
      navigator.geolocation.getCurrentPosition(
        ({ coords }) => {
          if (coords.accuracy > WIDEST_M) {
            told.textContent = say("place_denied");
            return;
          }
          set({ lon: coords.longitude, lat: coords.latitude, error_m: coords.accuracy });
          told.textContent = say("place_found", { metres: Math.ceil(coords.accuracy) });
        },
        () => {
          told.textContent = say("place_denied");
        },
        { enableHighAccuracy: true, timeout: 20_000, maximumAge: 30_000 },
      );
    });
  }
  const look = document.querySelector("#photo-look");
  const { photo } = form.elements;
  const tellPhoto = livenPick(photo);
  photo.addEventListener("change", () => {
    tellPhoto();
    showPhoto(photo, look);
  });
  return () => {
    set(null);
    told.textContent = "";
    tellPhoto();
    look.hidden = true;
  };
}
