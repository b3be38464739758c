/* What the form of a zone says, as the properties of its GeoJSON feature and back. */

const TEXTS = ["zone_id", "name_th", "name_en", "kind", "binding", "citation", "citation_th", "jurisdiction"];
const DAYS = ["valid_from", "valid_until"];
const number = (field) => (field.value === "" ? null : Number(field.value));

export class ZoneForm {
  constructor(form) {
    this.form = form;
    this.seasons = new Spans(form.querySelector("#seasons"), form.querySelector("#season-row"), ["first", "last"]);
    this.hours = new Spans(form.querySelector("#hours"), form.querySelector("#hours-row"), ["first", "last"]);
    form.querySelector("#add-season").addEventListener("click", () => this.seasons.add());
    form.querySelector("#add-hours").addEventListener("click", () => this.hours.add());
    form.elements.knots.addEventListener("input", () => this.tellKmh());
  }

  tellKmh() {
    const knots = number(this.form.elements.knots);
    this.form.querySelector("#kmh").value = knots === null ? "" : `${(knots * 1.852).toFixed(0)}`;
  }

  /* The properties of the zone; what the form does not know of `before` stays as it was. */
  properties(before = {}) {
    const { elements } = this.form;
    const fields = new FormData(this.form);
    const above = number(elements.tide_above);
    const below = number(elements.tide_below);
    const knots = number(elements.knots);
    return {
      ...before,
      ...Object.fromEntries(TEXTS.map((each) => [each, fields.get(each).trim()])),
      ...Object.fromEntries(DAYS.map((each) => [each, fields.get(each) || null])),
      rules: fields.getAll("rules"),
      indicative: fields.get("indicative") === "on",
      seasons: this.seasons.read(([day, month]) => `${month}-${day.padStart(2, "0")}`),
      hours: this.hours.read(([at]) => at),
      tide: above === null && below === null ? null : { above_m: above, below_m: below },
      advised_speed: knots === null ? null : { knots, citation: elements.speed_citation.value.trim() },
    };
  }

  fill(properties) {
    const { form } = this;
    form.reset();
    for (const each of [...TEXTS, ...DAYS]) if (properties?.[each]) form.elements[each].value = properties[each];
    for (const box of form.querySelectorAll("[name=rules]")) box.checked = properties?.rules.includes(box.value) ?? false;
    form.elements.indicative.checked = properties?.indicative ?? true;
    this.seasons.fill(properties?.seasons ?? [], (day) => [String(Number(day.slice(3))), day.slice(0, 2)]);
    this.hours.fill(properties?.hours ?? [], (at) => [at.slice(0, 5)]);
    form.elements.tide_above.value = properties?.tide?.above_m ?? "";
    form.elements.tide_below.value = properties?.tide?.below_m ?? "";
    form.elements.knots.value = properties?.advised_speed?.knots ?? "";
    form.elements.speed_citation.value = properties?.advised_speed?.citation ?? "";
    this.tellKmh();
    for (const box of form.querySelectorAll("details")) {
      const fields = [...box.querySelectorAll("input, textarea, .spans__row select")];
      box.open = fields.some(({ value }) => value !== "");
    }
  }
}

/* Rows of two ends each, as many as there are seasons, or hours of a day. */
class Spans {
  constructor(box, template, ends) {
    this.box = box;
    this.template = template;
    this.ends = ends;
  }

  add() {
    const row = this.template.content.firstElementChild.cloneNode(true);
    row.querySelector("button").addEventListener("click", () => {
      row.remove();
      this.box.dispatchEvent(new Event("input", { bubbles: true }));
    });
    this.box.append(row);
    return row;
  }

  fieldsOf(row, end) {
    return [...row.querySelectorAll(`[data-end=${end}]`)];
  }

  fill(spans, parted) {
    this.box.replaceChildren();
    for (const span of spans) {
      const row = this.add();
      for (const end of this.ends) {
        const values = parted(span[end]);
        this.fieldsOf(row, end).forEach((field, place) => {
          field.value = values[place];
        });
      }
    }
  }

  read(joined) {
    return [...this.box.children].map((row) =>
      Object.fromEntries(this.ends.map((end) => [end, joined(this.fieldsOf(row, end).map(({ value }) => value))])),
    );
  }
}
