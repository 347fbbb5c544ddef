// A photo with its digits, to look at and to correct. A change shows at once; all boxes are sent with a number
// that grows (the revision), and what the server has read after the last one is the truth. editor.py says what
// is sent.

const MAX_UNDO = 200;
const KEYS = { "*": "×", x: "×" }; // which no keyboard has
const TAKES_KEYS = "input, textarea, select, [contenteditable], [role=radiogroup], [role=dialog], [role=listbox]";

const photos = new Map(); // by name: kept while other photos and other pages are shown
const editors = new WeakMap();

export default function ({ data, parentElement, setStateValue }) {
  if (!editors.has(parentElement)) editors.set(parentElement, new PhotoEditor(parentElement));
  const editor = editors.get(parentElement);
  editor.send = (edit) => setStateValue("edit", edit);
  editor.receive(data);
  return () => editor.close();
}

class PhotoEditor extends PhotoPointer {
  constructor(root) {
    super();
    this.part = (selector) => root.querySelector(selector);
    this.root = this.part(".editor");
    this.stage = this.part(".stage");
    this.panel = this.part(".panel");
    this.frame = this.part(".frame");
    this.buttons = new Map(); // of digits, by key
    this.chosen = null; // a key
    this.isOpen = false; // the panel
    const key = (value) => element("button", "key", { type: "button", value, ariaLabel: SIGNS[value] ?? null });
    this.part(".digit-keys").append(...[..."0123456789"].map(key));
    this.part(".sign-keys").append(...Object.keys(SIGNS).map(key));
    this.listen();
  }

  listen() {
    const click = (selector, act) => this.part(selector).addEventListener("click", act);
    click(".undo", () => this.travel("undo", "redo"));
    click(".redo", () => this.travel("redo", "undo"));
    click(".add", (event) => (event.detail ? this.setAdding(!this.isAdding) : this.addBeside()));
    click(".previous", () => this.step(-1));
    click(".next", () => this.step(1));
    click(".close", () => this.closePanel());
    click(".remove", () => this.remove());
    click(".copy", () => this.copy());
    click(".keys", (event) => {
      const key = event.target.closest(".key");
      if (key) this.label(key.value);
    });
    click(".lines", (event) => event.target.dataset.key && this.choose(event.target.dataset.key));
    this.stage.addEventListener("pointerdown", (event) => this.startDrag(event));
    this.stage.addEventListener("click", (event) => this.clickStage(event));
    this.keyListener = (event) => this.press(event);
    document.addEventListener("keydown", this.keyListener);
  }

  close() {
    document.removeEventListener("keydown", this.keyListener);
  }

  receive(data) {
    const isOther = this.photo?.name !== data.photo;
    if (isOther && data.first) photos.set(data.photo, newPhoto(data));
    const photo = (this.photo = photos.get(data.photo));
    if (!photo) return; // its picture is in another window
    for (const read of data.read) photo.reads.set(keyOf(read.box), read);
    photo.answered = data.revision;
    if (data.revision < photo.revision) {
      if (isOther) this.sendBoxes(); // the page was left before they arrived
    } else {
      photo.revision = data.revision;
      photo.boxes = data.boxes.map((box) => ({ place: box.slice(0, 4), key: keyOf(box), label: box[4] }));
      const keys = photo.boxes.map((box) => box.key);
      photo.lines = data.lines.map((groups) => groups.map((items) => items.map((k) => keys[k])));
    }
    if (isOther) this.showPicture();
    this.render();
  }

  change(boxes, chosen = this.chosen) {
    const { undo } = this.photo;
    undo.push(this.photo.boxes);
    if (undo.length > MAX_UNDO) undo.shift();
    this.photo.redo = [];
    this.chosen = chosen;
    this.commit(boxes);
  }

  travel(from, to) {
    const boxes = this.photo[from].pop();
    if (!boxes) return;
    this.photo[to].push(this.photo.boxes);
    this.isOpen = false;
    this.commit(boxes);
  }

  commit(boxes) {
    this.photo.boxes = boxes;
    this.photo.revision += 1;
    this.render();
    this.sendBoxes();
  }

  sendBoxes() {
    const { name, revision, boxes } = this.photo;
    this.send({ photo: name, revision, boxes: boxes.map(({ place, label }) => [...place, label]) });
  }

  label(text) {
    const box = this.find(this.chosen);
    if (!box) return;
    const next = this.isDoubtful(box) && this.neighbour(1, (other) => this.isDoubtful(other) && other !== box);
    const boxes = this.photo.boxes.map((other) => (other === box ? { ...box, label: text } : other));
    if (box.label !== text) this.change(boxes);
    if (next) this.choose(next.key);
    else this.closePanel();
  }

  remove() {
    const box = this.find(this.chosen);
    if (!box) return;
    const next = this.isDoubtful(box) && this.neighbour(1, (other) => this.isDoubtful(other) && other !== box);
    this.isOpen = false;
    this.change(this.photo.boxes.filter((other) => other !== box), null);
    if (next) this.choose(next.key);
  }

  add(...places) {
    const newBox = (place) => ({ place, key: keyOf(place), label: null });
    const boxes = places.map((place) => newBox(this.within(place)));
    const added = boxes.filter((box) => !this.find(box.key));
    this.setAdding(false);
    if (added.length) this.change([...this.withoutSignsIn(places), ...added], boxes[0].key);
    this.choose(boxes[0].key);
  }

  addOutline(key) {
    this.add(...placesIn(this.photo.leftOut.find((each) => each.key === key)));
  }

  addAt([x, y]) {
    const [width, height] = this.usualSize();
    this.add([x - width / 2, y - height / 2, width, height]);
  }

  addBeside() {
    const [x, y] = this.chosen ? middle(this.find(this.chosen).place) : this.photo.size.map((side) => side / 2);
    this.addAt([x + (this.chosen ? 1.3 * this.usualSize()[0] : 0), y]);
  }

  move(place) {
    const box = this.find(this.chosen);
    // A digit is read anew where it is then. Of a sign its row tells as much as its shape.
    const moved = { place: this.within(place), label: this.isSign(box) ? this.textOf(box) : null };
    moved.key = keyOf(moved.place);
    if (moved.key === box.key || this.find(moved.key)) return this.render();
    this.change(this.photo.boxes.map((other) => (other === box ? moved : other)), moved.key);
    this.choose(moved.key);
  }

  choose(key, isOpen = true) {
    [this.chosen, this.isOpen] = [key, isOpen];
    this.render();
    this.buttons.get(key)?.focus({ preventScroll: true });
    for (const each of [this.buttons.get(key), isOpen && this.panel]) each?.scrollIntoView?.({ block: "nearest" });
  }

  closePanel() {
    this.isOpen = false;
    this.render();
    this.buttons.get(this.chosen)?.focus({ preventScroll: true });
  }

  step(step, isAll = false) {
    const isDoubtful = (box) => this.isDoubtful(box);
    const hasDoubt = this.photo.boxes.some(isDoubtful);
    const next = this.neighbour(step, isAll || !hasDoubt ? () => true : isDoubtful);
    if (next) this.choose(next.key);
  }

  stepRow(step) {
    const rows = this.rows();
    const from = rows.findIndex((row) => row.some((box) => box.key === this.chosen));
    const row = rows[from < 0 ? 0 : clamp(from + step, 0, rows.length - 1)];
    if (!row) return;
    const x = from < 0 ? 0 : middle(this.find(this.chosen).place)[0];
    const distance = (box) => Math.abs(middle(box.place)[0] - x);
    this.choose(row.reduce((best, box) => (distance(box) < distance(best) ? box : best)).key);
  }

  press(event) {
    const isInside = event.composedPath().includes(this.root);
    if (!this.photo || (!isInside && document.activeElement.closest(TAKES_KEYS))) return;
    const act = this.actionOf(event, isInside);
    if (!act) return;
    event.preventDefault();
    event.stopPropagation();
    act();
  }

  actionOf(event, isInside) {
    const { key, shiftKey, altKey } = event;
    const step = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -1, ArrowDown: 1 }[key];
    const isVertical = key === "ArrowUp" || key === "ArrowDown";
    if (event.ctrlKey || event.metaKey) {
      if (key === "y" || (shiftKey && key.toLowerCase() === "z")) return () => this.travel("redo", "undo");
      return key === "z" ? () => this.travel("undo", "redo") : null;
    }
    if (step && altKey) return this.chosen && (() => this.nudge(step, isVertical, shiftKey));
    if (altKey) return null;
    if (step && isVertical && !isInside) return null; // they scroll the page
    if (step && shiftKey) return () => (isVertical ? this.stepRow(step) : this.step(step, true));
    if (step) return () => this.step(step);
    if (key === "Escape" && this.isAdding) return () => this.setAdding(false);
    if (key === "Escape" && this.isOpen) return () => this.closePanel();
    if (!this.find(this.chosen) || !(isInside || this.isOpen)) return null;
    const text = KEYS[key] ?? key;
    if (/^[0-9]$/.test(text) || text in SIGNS) return () => this.label(text);
    return key === "Delete" || key === "Backspace" ? () => this.remove() : null;
  }

  nudge(step, isVertical, isResized) {
    const place = [...this.find(this.chosen).place];
    place[(isResized ? 2 : 0) + (isVertical ? 1 : 0)] += step * Math.max(1, this.usualSize()[1] / 20);
    this.move(place);
  }

  async copy() {
    await copyText(this.text());
    this.part(".copy").textContent = "Copied";
    setTimeout(() => (this.part(".copy").textContent = "Copy"), 1500);
  }
}
