/* The public's form: works without this; with it, the phone's place and the map. */

import { livenForm } from "./place.js";

livenForm(document.querySelector("#report"));
