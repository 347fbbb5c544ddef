// A photo with its digits, to look at and to correct. A change shows at once; all boxes are sent with a number
// that grows (the revision), and what the server has read after the last one is the truth. A box is known by its
// place: [left, top, width, height] in pixels of the photo as it is shown. editor.py says what is sent.

const REACH = 22; // screen pixels; a finger hits what is that near
const DRAG = 5; // screen pixels; less is a click
const MIN_SIDE = 4; // pixels of the photo
const MAX_UNDO = 200;
const TAKES_KEYS = "input, textarea, select, [contenteditable], [role=radiogroup], [role=dialog], [role=listbox]";
const LEFT_OUT = { letters: "word", "not a digit": "mark" }; // a frame and a line are called so

const photos = new Map(); // by name: kept while other photos and other pages are shown
const editors = new WeakMap();

export default function ({ data, parentElement, setStateValue }) {
  if (!editors.has(parentElement)) editors.set(parentElement, new Editor(parentElement));
  const editor = editors.get(parentElement);
  editor.send = (edit) => setStateValue("edit", edit);
  editor.receive(data);
  return () => editor.close();
}

const keyOf = (place) => place.slice(0, 4).join();
const round = (value) => Math.round(value * 100) / 100;
const clamp = (value, low, high) => Math.min(Math.max(value, low), Math.max(low, high));
const middle = ([left, top, width, height]) => [left + width / 2, top + height / 2];
const plural = (count, noun) => `${count} ${noun}${count === 1 ? "" : "s"}`;
const holds = ([left, top, width, height], [x, y]) => x >= left && x <= left + width && y >= top && y <= top + height;

function median(values) {
  return [...values].sort((a, b) => a - b)[values.length >> 1];
}

function element(tag, className, attributes = {}) {
  return Object.assign(document.createElement(tag), { className, ...attributes });
}

class Editor {
  constructor(root) {
    this.part = (selector) => root.querySelector(selector);
    this.root = this.part(".editor");
    this.stage = this.part(".stage");
    this.panel = this.part(".panel");
    this.frame = this.part(".frame");
    this.buttons = new Map(); // of digits, by key
    this.chosen = null; // a key
    this.isOpen = false; // the panel
    const keys = Array.from({ length: 10 }, (_, digit) => element("button", "key", { type: "button", value: digit }));
    this.part(".keys").append(...keys);
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
      if (key) this.label(Number(key.value));
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

  // --- what the server says

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
      photo.lines = data.lines.map((groups) =>
        groups.map((items) => items.map((item) => (typeof item === "number" ? { key: keys[item] } : { sign: item }))),
      );
    }
    if (isOther) this.showPicture();
    this.render();
  }

  showPicture() {
    const { picture, size } = this.photo;
    const image = this.part(".photo");
    [image.width, image.height] = size;
    image.src = picture;
    this.stage.style.setProperty("--widest", `${Math.max(320, 2 * size[0])}px`);
    this.buttons.clear();
    this.part(".digits").replaceChildren();
    [this.chosen, this.isOpen] = [null, false];
    this.setAdding(false);
  }

  // --- changes

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

  label(digit) {
    const box = this.find(this.chosen);
    if (!box) return;
    const next = this.isDoubtful(box) && this.neighbour(1, (other) => this.isDoubtful(other) && other !== box);
    const boxes = this.photo.boxes.map((other) => (other === box ? { ...box, label: digit } : other));
    if (box.label !== digit) this.change(boxes);
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

  add(place) {
    const box = { place: this.within(place), label: null };
    box.key = keyOf(box.place);
    this.setAdding(false);
    if (!this.find(box.key)) this.change([...this.photo.boxes, box], box.key);
    this.choose(box.key);
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
    const moved = { place: this.within(place), label: null }; // what it is there is read anew
    moved.key = keyOf(moved.place);
    if (moved.key === box.key || this.find(moved.key)) return this.render();
    this.change(this.photo.boxes.map((other) => (other === box ? moved : other)), moved.key);
    this.choose(moved.key);
  }

  within([left, top, width, height]) {
    const [w, h] = this.photo.size;
    const sides = [clamp(width, MIN_SIDE, w), clamp(height, MIN_SIDE, h)].map(round);
    return [clamp(left, 0, w - sides[0]), clamp(top, 0, h - sides[1])].map((value) => Math.floor(value * 100) / 100).concat(sides);
  }

  usualSize() {
    const places = this.photo.boxes.map((box) => box.place);
    if (!places.length) return this.photo.size.map(() => Math.min(...this.photo.size) / 10);
    return [median(places.map((place) => place[2])), median(places.map((place) => place[3]))];
  }

  // --- what is known of boxes

  find(key) {
    const { boxes } = this.photo;
    if (this.found?.boxes !== boxes) this.found = { boxes, byKey: new Map(boxes.map((box) => [box.key, box])) };
    return this.found.byKey.get(key);
  }

  isDoubtful(box) {
    return box.label === null && Boolean(this.photo.reads.get(box.key)?.doubtful);
  }

  textOf(box) {
    return box.label === null ? (this.photo.reads.get(box.key)?.text ?? "") : String(box.label);
  }

  stateOf(box) {
    if (box.label !== null) return "corrected";
    if (this.isDoubtful(box)) return "doubtful";
    return this.photo.reads.has(box.key) ? "" : "empty";
  }

  wordsOf(box) {
    if (box.label !== null) return `${box.label}, corrected`;
    const read = this.photo.reads.get(box.key);
    if (read) return read.words;
    return this.photo.answered < this.photo.revision ? "Reading …" : "No ink in this box";
  }

  outlines() {
    const isFree = ({ place }) => !this.photo.boxes.some((box) => holds(box.place, middle(place)));
    return this.photo.leftOut.filter(isFree);
  }

  rows() {
    const rows = this.photo.lines.map((groups) => groups.flat().map((item) => item.key && this.find(item.key)).filter(Boolean));
    const known = new Set(rows.flat());
    return [...rows, this.photo.boxes.filter((box) => !known.has(box))].filter((row) => row.length);
  }

  // --- choosing

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

  neighbour(step, isWanted) {
    const order = this.rows().flat();
    const start = order.findIndex((box) => box.key === this.chosen);
    const at = (k) => order[(k + 2 * order.length) % order.length];
    const first = start < 0 && step < 0 ? order.length : start; // nothing chosen: begin at either end
    return order.map((_, k) => at(first + step * (k + 1))).find(isWanted);
  }

  step(step, isAll = false) {
    const isWanted = isAll || !this.photo.boxes.some((box) => this.isDoubtful(box)) ? () => true : (box) => this.isDoubtful(box);
    const next = this.neighbour(step, isWanted);
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

  // --- keys

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
      if (key.toLowerCase() === "z") return () => (shiftKey ? this.travel("redo", "undo") : this.travel("undo", "redo"));
      return key === "y" ? () => this.travel("redo", "undo") : null;
    }
    if (step && altKey) return this.chosen && (() => this.nudge(step, isVertical, shiftKey));
    if (altKey) return null;
    if (step && isVertical && !isInside) return null; // they scroll the page
    if (step && shiftKey) return () => (isVertical ? this.stepRow(step) : this.step(step, true));
    if (step) return () => this.step(step);
    if (key === "Escape" && this.isAdding) return () => this.setAdding(false);
    if (key === "Escape" && this.isOpen) return () => this.closePanel();
    if (!this.find(this.chosen) || !(isInside || this.isOpen)) return null;
    if (/^[0-9]$/.test(key)) return () => this.label(Number(key));
    return key === "Delete" || key === "Backspace" ? () => this.remove() : null;
  }

  nudge(step, isVertical, isResized) {
    const place = [...this.find(this.chosen).place];
    place[(isResized ? 2 : 0) + (isVertical ? 1 : 0)] += step * Math.max(1, this.usualSize()[1] / 20);
    this.move(place);
  }

  // --- mouse, pen and finger

  setAdding(isAdding) {
    this.isAdding = isAdding;
    this.stage.classList.toggle("adding", isAdding);
    this.part(".add").setAttribute("aria-pressed", isAdding);
    this.part(".hint").textContent = isAdding ? "Draw a box around the digit, or tap it." : "";
  }

  at(event) {
    const box = this.part(".photo").getBoundingClientRect();
    const scale = this.photo.size[0] / box.width;
    return [(event.clientX - box.left) * scale, (event.clientY - box.top) * scale];
  }

  startDrag(event) {
    this.hasDragged = false;
    this.pointerType = event.pointerType;
    if (event.button !== 0 || event.target.closest(".panel")) return;
    const change = this.dragOf(event.target, this.at(event));
    if (!change) return;
    const [startX, startY] = [event.clientX, event.clientY];
    const drag = (moved) => {
      if (!this.hasDragged && Math.hypot(moved.clientX - startX, moved.clientY - startY) < DRAG) return;
      if (!this.hasDragged) this.stage.setPointerCapture(event.pointerId);
      this.hasDragged = true;
      this.panel.hidden = true;
      position(this.frame, change.place(this.at(moved)), this.photo.size);
      this.frame.hidden = false;
      this.frame.classList.add("dragged");
    };
    const end = (last) => {
      for (const [type, act] of [["pointermove", drag], ["pointerup", end], ["pointercancel", end]]) this.stage.removeEventListener(type, act);
      if (last.type === "pointerup" && this.hasDragged) change.finish(change.place(this.at(last)));
      else if (this.hasDragged) this.render();
    };
    for (const [type, act] of [["pointermove", drag], ["pointerup", end], ["pointercancel", end]]) this.stage.addEventListener(type, act);
  }

  // Return where the box is for a pointer, and what to do with it at the end; null if nothing can be dragged.
  dragOf(target, [x0, y0]) {
    const handle = target.closest(".handle");
    const isChosen = target.closest(".digit")?.dataset.key === this.chosen;
    if (handle || (isChosen && this.chosen)) {
      const [left, top, width, height] = this.find(this.chosen).place;
      const moved = ([x, y]) => [left + x - x0, top + y - y0, width, height];
      const resized = ([x, y]) => {
        const xs = handle.dataset.x === "1" ? [left, left + width + x - x0] : [left + x - x0, left + width];
        const ys = handle.dataset.y === "1" ? [top, top + height + y - y0] : [top + y - y0, top + height];
        return between([xs[0], ys[0]], [xs[1], ys[1]]);
      };
      return { place: handle ? resized : moved, finish: (place) => this.move(place) };
    }
    const isPaper = this.pointerType !== "touch" && !target.closest(".digit, .outline");
    if (!this.isAdding && !isPaper) return null;
    return { place: (point) => between([x0, y0], point), finish: (place) => this.add(place) };
  }

  clickStage(event) {
    if (this.hasDragged || event.target.closest(".panel")) return;
    if (this.isAdding) return this.addAt(this.at(event));
    const target = event.target.closest(".digit, .outline") ?? (event.detail && this.nearest(event));
    if (!target) return this.chosen && this.isOpen && this.closePanel();
    if (target.classList.contains("outline")) return this.add(target.dataset.key.split(",").map(Number));
    this.choose(target.dataset.key);
  }

  nearest(event) {
    if (this.pointerType === "mouse") return null;
    const distance = (each) => {
      const { left, top, right, bottom } = each.getBoundingClientRect();
      return Math.hypot(event.clientX - clamp(event.clientX, left, right), event.clientY - clamp(event.clientY, top, bottom));
    };
    const near = [...this.stage.querySelectorAll(".digit, .outline")].map((each) => [distance(each), each]);
    const [best] = near.filter(([pixels]) => pixels < REACH).sort(([a], [b]) => a - b);
    return best?.[1];
  }

  async copy() {
    const text = this.text();
    if (navigator.clipboard) await navigator.clipboard.writeText(text);
    else copyWithoutClipboard(text); // the page is not secure
    this.part(".copy").textContent = "Copied";
    setTimeout(() => (this.part(".copy").textContent = "Copy"), 1500);
  }

  text() {
    const itemText = (item) => item.sign ?? (this.find(item.key) ? this.textOf(this.find(item.key)) : "");
    const lines = this.photo.lines.map((groups) => groups.map((items) => items.map(itemText).join("")).filter(Boolean).join(" "));
    return lines.filter(Boolean).join("\n");
  }

  // --- what is shown

  render() {
    if (!this.find(this.chosen)) [this.chosen, this.isOpen] = [null, false];
    const order = this.rows().flat();
    const height = order.length ? this.usualSize()[1] : 0;
    const size = ((45 * height) / this.photo.size[0]).toFixed(1);
    if (this.stage.dataset.size !== size) this.stage.style.setProperty("--size", (this.stage.dataset.size = size));
    this.part(".photo").alt = `Your photo, with a frame around each digit: ${this.text().replaceAll("\n", ", ")}`;
    this.renderDigits(order);
    this.renderOutlines();
    this.renderText();
    this.renderPanel();
    const { undo, redo, answered, revision } = this.photo;
    this.root.setAttribute("aria-busy", answered < revision);
    this.part(".undo").disabled = !undo.length;
    this.part(".redo").disabled = !redo.length;
    this.part(".doubtful-ones").hidden = !order.some((box) => this.isDoubtful(box));
    this.frame.hidden = !this.chosen;
    this.frame.classList.remove("dragged");
    if (this.chosen) position(this.frame, this.find(this.chosen).place, this.photo.size);
  }

  renderDigits(order) {
    for (const [key, button] of this.buttons) if (!this.find(key)) (button.remove(), this.buttons.delete(key));
    order.forEach((box, k) => {
      const button = this.buttons.get(box.key) ?? this.newButton(box);
      const isChosen = box.key === this.chosen;
      button.className = ["digit", this.stateOf(box), isChosen && "chosen"].filter(Boolean).join(" ");
      button.firstChild.textContent = this.textOf(box);
      button.setAttribute("aria-label", `Digit ${k + 1} of ${order.length}: ${this.wordsOf(box)}`);
      button.setAttribute("aria-pressed", isChosen);
      button.tabIndex = isChosen || (!this.chosen && k === 0) ? 0 : -1;
    });
  }

  newButton(box) {
    const button = element("button", "digit", { type: "button" });
    button.dataset.key = box.key;
    button.append(element("span", "label"));
    position(button, box.place, this.photo.size);
    this.part(".digits").append(button);
    this.buttons.set(box.key, button);
    return button;
  }

  renderOutlines() {
    const outlines = this.outlines();
    const names = outlines.map(({ key }) => key).join(" ");
    const place = this.part(".unread");
    if (place.dataset.names !== names) {
      place.dataset.names = names;
      place.replaceChildren(
        ...outlines.map(({ key, place, reason }) => {
          const words = `Not read: ${LEFT_OUT[reason] ?? reason}. Make it a digit`;
          const button = element("button", "outline", { type: "button", title: words, ariaLabel: words });
          button.dataset.key = key;
          position(button, place, this.photo.size);
          return button;
        }),
      );
    }
    const nouns = outlines.map(({ reason }) => LEFT_OUT[reason] ?? reason);
    const listed = [...new Set(nouns)].map((noun) => plural(nouns.filter((each) => each === noun).length, noun)).join(", ");
    this.part(".left-out").textContent = outlines.length ? `Not read, outlined in gray: ${listed}. Tap one to make it a digit.` : "";
  }

  renderText() {
    const lines = this.photo.lines.map((groups) => {
      const line = element("p", "");
      for (const items of groups) {
        const spans = items.map((item) => this.textItem(item)).filter(Boolean);
        if (spans.length && line.childNodes.length) line.append(" ");
        line.append(...spans);
      }
      return line;
    });
    this.part(".lines").replaceChildren(...lines.filter((line) => line.childNodes.length));
    const { boxes } = this.photo;
    this.part(".lines").classList.toggle("single", boxes.length === 1);
    const read = boxes.filter((box) => this.textOf(box));
    const doubtful = boxes.filter((box) => this.isDoubtful(box)).length;
    const corrected = boxes.filter((box) => box.label !== null).length;
    const empty = boxes.length - read.length && this.photo.answered >= this.photo.revision ? boxes.length - read.length : 0;
    const words = [plural(read.length, "digit"), doubtful ? `${doubtful} doubtful` : "none doubtful"];
    if (corrected) words.push(`${corrected} corrected`);
    if (empty) words.push(`${plural(empty, "box").replace("boxs", "boxes")} without ink`);
    const count = boxes.length ? words.join(", ") : "No digit. Add one with “Add a digit”.";
    if (this.part(".count").textContent !== count) this.part(".count").textContent = count;
    this.part(".warning").hidden = !(read.length > 1 && 2 * doubtful > read.length);
    this.part(".copy").hidden = !read.length;
  }

  textItem(item) {
    if (item.sign) return item.sign;
    const box = this.find(item.key);
    if (!box || !this.textOf(box)) return null;
    const span = element("span", `${this.stateOf(box)} ${box.key === this.chosen ? "chosen" : ""}`.trim());
    span.textContent = this.textOf(box);
    span.dataset.key = box.key;
    return span;
  }

  renderPanel() {
    const box = this.isOpen && this.find(this.chosen);
    this.panel.hidden = !box;
    if (!box) return;
    const read = this.photo.reads.get(box.key);
    this.panel.setAttribute("aria-label", `Which digit is it? ${this.wordsOf(box)}`);
    this.part(".words").textContent = this.wordsOf(box);
    this.part(".seen img").style.visibility = read ? "" : "hidden";
    if (read) this.part(".seen img").src = read.image;
    for (const key of this.panel.querySelectorAll(".key")) {
      const digit = Number(key.value);
      key.replaceChildren(element("b", "", { textContent: digit }), element("small", "", { textContent: read?.shares[digit] ?? "" }));
      key.classList.toggle("candidate", Boolean(read?.candidates.includes(digit)));
      key.setAttribute("aria-pressed", box.label === digit);
    }
    this.placePanel(this.buttons.get(box.key));
  }

  // Below the digit, or above it where only there is room in the window.
  placePanel(button) {
    const [stage, box, panel] = [this.stage, button, this.panel].map((each) => each.getBoundingClientRect());
    const isAbove = box.bottom + panel.height + 16 > window.innerHeight && box.top - panel.height - 40 > 0;
    const top = isAbove ? box.top - stage.top - panel.height - 36 : box.bottom - stage.top + 16;
    const left = clamp(box.left + box.width / 2 - stage.left - panel.width / 2, 0, stage.width - panel.width);
    Object.assign(this.panel.style, { top: `${top}px`, left: `${left}px` });
  }
}

function newPhoto({ photo: name, first }) {
  const leftOut = first.left_out.map(([left, top, width, height, reason]) => {
    const place = [left, top, width, height];
    return { place, key: keyOf(place), reason };
  });
  const { picture, size, own } = first;
  const undo = own ? [own.map((place) => ({ place, key: keyOf(place), label: null }))] : []; // back to what was read
  return { name, picture, size, leftOut, reads: new Map(), undo, redo: [], boxes: [], lines: [], revision: 0, answered: 0 };
}

function between([x0, y0], [x1, y1]) {
  return [Math.min(x0, x1), Math.min(y0, y1), Math.abs(x1 - x0), Math.abs(y1 - y0)];
}

function position({ style }, [left, top, width, height], [pageWidth, pageHeight]) {
  style.left = `${(100 * left) / pageWidth}%`;
  style.top = `${(100 * top) / pageHeight}%`;
  style.width = `${(100 * width) / pageWidth}%`;
  style.height = `${(100 * height) / pageHeight}%`;
}

function copyWithoutClipboard(text) {
  const area = element("textarea", "", { value: text });
  document.body.append(area);
  area.select();
  document.execCommand("copy");
  area.remove();
}
