// The digits of a photo: what the server has read, what the person has changed, and how they stand in rows.
// A box is known by its place: [left, top, width, height] in pixels of the photo as it is shown. Its label is
// the digit or the sign that the person says it is, null if nobody has.
// photo_view.js shows them and photo_editor.js changes them; together they are one module.

const MIN_SIDE = 4; // pixels of the photo
const SIGNS = {
  ".": "point",
  ",": "comma",
  "-": "minus",
  "+": "plus",
  "×": "times",
  "/": "slash",
  ":": "colon",
  "=": "equals",
  "%": "per cent",
  "(": "opening bracket",
  ")": "closing bracket",
};
const LEFT_OUT = { letters: "word", "not a digit": "mark" }; // a frame and a line are called so

const nameOf = (text) => SIGNS[text] ?? text;
const keyOf = (place) => place.slice(0, 4).join();
const round = (value) => Math.round(value * 100) / 100;
const clamp = (value, low, high) => Math.min(Math.max(value, low), Math.max(low, high));
const middle = ([left, top, width, height]) => [left + width / 2, top + height / 2];
const holds = ([left, top, width, height], [x, y]) => x >= left && x <= left + width && y >= top && y <= top + height;

// Where the digits are in what was not read: in each piece of a word, or in all of it.
const placesIn = ({ place, pieces }) => (pieces.length ? pieces : [place]);

function median(values) {
  return [...values].sort((a, b) => a - b)[values.length >> 1];
}

function newPhoto({ photo: name, first }) {
  const leftOut = first.left_out.map((each) => ({ ...each, key: keyOf(each.place) }));
  const { picture, size, own } = first;
  const undo = own ? [own.map((place) => ({ place, key: keyOf(place), label: null }))] : []; // back to what was read
  const empty = { reads: new Map(), redo: [], boxes: [], lines: [], revision: 0, answered: 0 };
  return { ...empty, name, picture, size, leftOut, undo };
}

// `photo` is the one that is shown, `chosen` the key of the box that is looked at, or null.
class PhotoBoxes {
  find(key) {
    const { boxes } = this.photo;
    if (this.found?.boxes !== boxes) this.found = { boxes, byKey: new Map(boxes.map((box) => [box.key, box])) };
    return this.found.byKey.get(key);
  }

  isDoubtful(box) {
    return box.label === null && Boolean(this.photo.reads.get(box.key)?.doubtful);
  }

  textOf(box) {
    return box.label ?? this.photo.reads.get(box.key)?.text ?? "";
  }

  isSign(box) {
    return this.textOf(box) in SIGNS;
  }

  stateOf(box) {
    if (box.label !== null) return "corrected";
    if (this.isDoubtful(box)) return "doubtful";
    return this.photo.reads.has(box.key) ? "" : "empty";
  }

  wordsOf(box) {
    if (box.label !== null) return `${nameOf(box.label)}, corrected`;
    const read = this.photo.reads.get(box.key);
    if (read) return read.words ?? nameOf(read.text);
    return this.photo.answered < this.photo.revision ? "Reading …" : "No ink in this box";
  }

  // The boxes without the signs that these places lie on, which are parts of what is there.
  withoutSignsIn(places) {
    const isPart = (box) => box.label === null && this.isSign(box);
    return this.photo.boxes.filter((box) => !isPart(box) || !places.some((place) => holds(place, middle(box.place))));
  }

  // What no box holds; also the digits that a person has rejected.
  outlines() {
    const isHeld = (place) => this.photo.boxes.some((box) => holds(box.place, middle(place)));
    return this.photo.leftOut.filter((each) => !placesIn(each).some(isHeld));
  }

  // The boxes in rows, as the server has put them; last come those that it has not read yet.
  rows() {
    const rows = this.photo.lines.map((groups) => groups.flat().map((key) => this.find(key)).filter(Boolean));
    const known = new Set(rows.flat());
    return [...rows, this.photo.boxes.filter((box) => !known.has(box))].filter((row) => row.length);
  }

  neighbour(step, isWanted) {
    const order = this.rows().flat();
    const start = order.findIndex((box) => box.key === this.chosen);
    const at = (k) => order[(k + 2 * order.length) % order.length];
    const first = start < 0 && step < 0 ? order.length : start; // nothing chosen: begin at either end
    return order.map((_, k) => at(first + step * (k + 1))).find(isWanted);
  }

  usualSize() {
    const places = this.photo.boxes.filter((box) => !this.isSign(box)).map((box) => box.place);
    if (!places.length) return this.photo.size.map(() => Math.min(...this.photo.size) / 10);
    return [median(places.map((place) => place[2])), median(places.map((place) => place[3]))];
  }

  // Return the place rounded, and moved and cut to lie on the photo.
  within([left, top, width, height]) {
    const [w, h] = this.photo.size;
    const sides = [clamp(width, MIN_SIDE, w), clamp(height, MIN_SIDE, h)].map(round);
    return [clamp(left, 0, w - sides[0]), clamp(top, 0, h - sides[1])].map(round).concat(sides);
  }

  text() {
    const textOf = (key) => (this.find(key) ? this.textOf(this.find(key)) : "");
    const groupText = (keys) => keys.map(textOf).join("");
    const lines = this.photo.lines.map((groups) => groups.map(groupText).filter(Boolean).join(" "));
    return lines.filter(Boolean).join("\n");
  }
}
