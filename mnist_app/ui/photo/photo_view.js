// What is shown of a photo: its picture, a frame around each digit, outlines, the text and the panel.

const plural = (count, noun) => `${count} ${noun}${count === 1 ? "" : "s"}`;

function element(tag, className, attributes = {}) {
  return Object.assign(document.createElement(tag), { className, ...attributes });
}

function position({ style }, [left, top, width, height], [pageWidth, pageHeight]) {
  style.left = `${(100 * left) / pageWidth}%`;
  style.top = `${(100 * top) / pageHeight}%`;
  style.width = `${(100 * width) / pageWidth}%`;
  style.height = `${(100 * height) / pageHeight}%`;
}

class PhotoView extends PhotoBoxes {
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
    const count = order.filter((box) => !this.isSign(box)).length;
    let number = 0;
    order.forEach((box, k) => {
      const button = this.buttons.get(box.key) ?? this.newButton(box);
      const isChosen = box.key === this.chosen;
      const isSign = this.isSign(box);
      const kinds = ["digit", isSign && "sign", this.stateOf(box), isChosen && "chosen"];
      const name = isSign ? "Sign" : `Digit ${++number} of ${count}`;
      button.className = kinds.filter(Boolean).join(" ");
      button.firstChild.textContent = this.textOf(box);
      button.setAttribute("aria-label", `${name}: ${this.wordsOf(box)}`);
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
        ...outlines.map(({ key, place, reason, pieces }) => {
          const words = `Not read: ${LEFT_OUT[reason] ?? reason}. ${pieces.length ? "Make digits of it" : "Read it"}`;
          const button = element("button", "outline", { type: "button", title: words, ariaLabel: words });
          button.dataset.key = key;
          position(button, place, this.photo.size);
          return button;
        }),
      );
    }
    const nouns = outlines.map(({ reason }) => LEFT_OUT[reason] ?? reason);
    const count = (noun) => plural(nouns.filter((each) => each === noun).length, noun);
    const counts = [...new Set(nouns)].map(count).join(", ");
    const words = `Not read, outlined in gray: ${counts}. Tap one to read it.`;
    this.part(".left-out").textContent = nouns.length ? words : "";
  }

  renderText() {
    const lines = this.photo.lines.map((groups) => {
      const line = element("p", "");
      for (const keys of groups) {
        const spans = keys.map((key) => this.textItem(key)).filter(Boolean);
        if (spans.length && line.childNodes.length) line.append(" ");
        line.append(...spans);
      }
      return line;
    });
    this.part(".lines").replaceChildren(...lines.filter((line) => line.childNodes.length));
    const { boxes } = this.photo;
    this.part(".lines").classList.toggle("single", boxes.length === 1);
    const [signs, others] = [true, false].map((wanted) => boxes.filter((box) => this.isSign(box) === wanted));
    const read = others.filter((box) => this.textOf(box));
    const doubtful = boxes.filter((box) => this.isDoubtful(box)).length;
    const corrected = boxes.filter((box) => box.label !== null).length;
    const empty = this.photo.answered < this.photo.revision ? 0 : others.length - read.length; // or not read yet
    const words = [plural(read.length, "digit"), doubtful ? `${doubtful} doubtful` : "none doubtful"];
    if (signs.length) words.splice(1, 0, plural(signs.length, "sign"));
    if (corrected) words.push(`${corrected} corrected`);
    if (empty) words.push(`${plural(empty, "box").replace("boxs", "boxes")} without ink`);
    const count = boxes.length ? words.join(", ") : "No digit. Add one with “Add a digit”.";
    if (this.part(".count").textContent !== count) this.part(".count").textContent = count;
    this.part(".warning").hidden = !(read.length > 1 && 2 * doubtful > read.length);
    this.part(".copy").hidden = !this.text();
  }

  textItem(key) {
    const box = this.find(key);
    if (!box || !this.textOf(box)) return null;
    const span = element("span", `${this.stateOf(box)} ${key === this.chosen ? "chosen" : ""}`.trim());
    span.textContent = this.textOf(box);
    span.dataset.key = key;
    return span;
  }

  renderPanel() {
    const box = this.isOpen && this.find(this.chosen);
    this.panel.hidden = !box;
    if (!box) return;
    const read = this.photo.reads.get(box.key);
    const words = this.wordsOf(box);
    this.panel.setAttribute("aria-label", `Which digit or sign is it? ${words}`);
    this.part(".words").textContent = words[0].toUpperCase() + words.slice(1);
    const image = this.part(".seen img");
    image.hidden = Boolean(read) && !read.image; // of a sign, the shape is not all that tells
    image.style.visibility = read ? "" : "hidden";
    if (read?.image) image.src = read.image;
    this.part(".remove").textContent = this.isSign(box) ? "Not a sign" : "Not a digit";
    for (const key of this.panel.querySelectorAll(".key")) {
      const share = element("small", "", { textContent: read?.shares?.[key.value] ?? "" });
      key.replaceChildren(element("b", "", { textContent: key.value }), share);
      key.classList.toggle("candidate", Boolean(read?.candidates?.includes(Number(key.value))));
      key.setAttribute("aria-pressed", box.label === key.value);
    }
    this.placePanel(this.buttons.get(box.key));
  }

  // Below the digit, or above it where only there is room in the window.
  placePanel(button) {
    const [stage, box, panel] = [this.stage, button, this.panel].map((each) => each.getBoundingClientRect());
    const isAbove = box.bottom + panel.height + 16 > window.innerHeight && box.top - panel.height - 40 > 0;
    const top = isAbove ? box.top - stage.top - panel.height - 36 : box.bottom - stage.top + 16;
    const left = clamp(box.left + box.width / 2 - stage.left - panel.width / 2, 0, stage.width - panel.width);
    // The minimum: a phone may be turned while it is open.
    Object.assign(this.panel.style, { top: `${top}px`, left: `min(${left}px, 100% - ${panel.width}px)` });
  }
}
