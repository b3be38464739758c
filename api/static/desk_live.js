/* What others do, as it happens. The stream rests while nobody looks at the page, and goes on
 * after the last entry it told of: nothing is missed, and a hidden tab costs no network. */

export class Live {
  constructor(sign, sequence, told) {
    this.sign = sign;
    this.sequence = sequence;
    this.told = told;
    sign.hidden = false;
    document.addEventListener("visibilitychange", () => this.look());
    this.look();
  }

  look() {
    if (document.hidden) {
      this.source?.close();
      this.source = null;
    } else if (!this.source) this.open();
  }

  open() {
    this.show("off");
    const source = new EventSource(`/api/v1/events?after=${this.sequence}`);
    this.source = source;
    source.addEventListener("open", () => this.show("on"));
    source.addEventListener("error", () => {
      // the browser connects again by itself, unless the answer was a refusal
      this.show(source.readyState === EventSource.CLOSED ? "ended" : "off");
    });
    for (const kind of ["incident_event", "flight_logged"]) {
      source.addEventListener(kind, (event) => {
        this.sequence = Number(event.lastEventId);
        this.told(kind, JSON.parse(event.data));
      });
    }
  }

  show(state) {
    this.sign.className = `live live--${state}`;
    this.sign.textContent = this.sign.dataset[state];
  }
}
