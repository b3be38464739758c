/* What noble-hashes takes for granted and Chrome 90 to 92 lack. */

if (!Object.hasOwn) {
  Object.hasOwn = (object, name) => Object.prototype.hasOwnProperty.call(object, name);
}
