/* A picture to move and to zoom: by mouse, by one finger or two, and by keys.
 * The window is the viewBox of the drawing, in pixels of the original. */

const DEEPEST_PX = 60; // so few pixels of the original fill the window at the closest zoom

export class Sheet {
  constructor(svg, { moved, tapped, dragged }) {
    this.svg = svg;
    this.full = { width: Number(svg.dataset.width), height: Number(svg.dataset.height) };
    this.moved = moved;
    this.tapped = tapped;
    this.dragged = dragged;
    this.fingers = new Map();
    this.drags = () => false; // whether a drag draws instead of moving
    svg.addEventListener("pointerdown", (event) => this.down(event));
    svg.addEventListener("pointermove", (event) => this.move(event));
    for (const end of ["pointerup", "pointercancel"])
      svg.addEventListener(end, (event) => this.up(event));
    svg.addEventListener("wheel", (event) => this.wheel(event), { passive: false });
    svg.addEventListener("keydown", (event) => this.key(event));
    this.showAll();
  }

  showAll() {
    this.window = { x: 0, y: 0, ...this.full };
    this.apply();
  }

  show(x, y, width, height) {
    this.window = { x, y, width, height };
    this.apply();
  }

  apply() {
    const { x, y, width, height } = this.window;
    this.svg.setAttribute("viewBox", `${x} ${y} ${width} ${height}`);
    this.moved(this.window);
  }

  /* The pixel of the original under a place of the screen. */
  at(event) {
    const point = new DOMPoint(event.clientX, event.clientY);
    const { x, y } = point.matrixTransform(this.svg.getScreenCTM().inverse());
    return { x, y };
  }

  zoom(factor, about = { x: this.window.x + this.window.width / 2, y: this.window.y + this.window.height / 2 }) {
    const { x, y, width, height } = this.window;
    const most = this.full.width * 1.5;
    const wanted = Math.min(Math.max(width / factor, DEEPEST_PX), most);
    const share = wanted / width;
    this.show(
      about.x - (about.x - x) * share,
      about.y - (about.y - y) * share,
      wanted,
      height * share,
    );
  }

  shift(dx, dy) {
    const { x, y, width, height } = this.window;
    const within = (at, side, most) => Math.min(Math.max(at, -side * 0.9), most - side * 0.1);
    this.show(within(x + dx, width, this.full.width), within(y + dy, height, this.full.height), width, height);
  }

  down(event) {
    if (event.button > 0) return;
    this.svg.setPointerCapture(event.pointerId);
    const at = this.at(event);
    this.fingers.set(event.pointerId, { at, clientX: event.clientX, clientY: event.clientY });
    this.start = { at, clientX: event.clientX, clientY: event.clientY, target: event.target };
    this.wasDrag = false;
  }

  move(event) {
    const finger = this.fingers.get(event.pointerId);
    if (!finger) return;
    const far = Math.hypot(event.clientX - this.start.clientX, event.clientY - this.start.clientY);
    if (this.fingers.size === 2) this.pinch(event, finger);
    else if (far > 4 || this.wasDrag) {
      this.wasDrag = true;
      const here = this.at(event);
      if (this.drags()) this.dragged(this.start.at, here, false);
      else this.shift(finger.at.x - here.x, finger.at.y - here.y);
    }
    finger.clientX = event.clientX;
    finger.clientY = event.clientY;
  }

  pinch(event, finger) {
    this.wasDrag = true;
    const [other] = [...this.fingers.entries()].filter(([id]) => id !== event.pointerId).map(([, f]) => f);
    const apart = (x, y) => Math.hypot(x - other.clientX, y - other.clientY);
    const before = apart(finger.clientX, finger.clientY);
    const after = apart(event.clientX, event.clientY);
    const middle = { clientX: (event.clientX + other.clientX) / 2, clientY: (event.clientY + other.clientY) / 2 };
    if (before > 0) this.zoom(after / before, this.at(middle));
  }

  up(event) {
    if (!this.fingers.delete(event.pointerId) || this.fingers.size) return;
    if (event.type === "pointercancel") return;
    const here = this.at(event);
    if (!this.wasDrag) this.tapped(here, this.start.target);
    else if (this.drags()) this.dragged(this.start.at, here, true);
  }

  wheel(event) {
    event.preventDefault();
    this.zoom(event.deltaY < 0 ? 1.25 : 0.8, this.at(event));
  }

  key(event) {
    const step = this.window.width / 8;
    const moves = {
      ArrowLeft: () => this.shift(-step, 0),
      ArrowRight: () => this.shift(step, 0),
      ArrowUp: () => this.shift(0, -step),
      ArrowDown: () => this.shift(0, step),
      Equal: () => this.zoom(1.4),
      NumpadAdd: () => this.zoom(1.4),
      Minus: () => this.zoom(1 / 1.4),
      NumpadSubtract: () => this.zoom(1 / 1.4),
    };
    if (!moves[event.code] || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    moves[event.code]();
  }
}
