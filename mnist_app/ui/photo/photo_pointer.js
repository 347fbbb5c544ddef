// Mouse, pen and finger on the photo: a click chooses, a drag draws, moves or resizes a box.

const REACH = 22; // screen pixels; a finger hits what is that near
const DRAG = 5; // screen pixels; less is a click

function between([x0, y0], [x1, y1]) {
  return [Math.min(x0, x1), Math.min(y0, y1), Math.abs(x1 - x0), Math.abs(y1 - y0)];
}

class PhotoPointer extends PhotoView {
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
    const on = new AbortController();
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
      on.abort();
      if (last.type === "pointerup" && this.hasDragged) change.finish(change.place(this.at(last)));
      else if (this.hasDragged) this.render();
    };
    this.stage.addEventListener("pointermove", drag, on);
    this.stage.addEventListener("pointerup", end, on);
    this.stage.addEventListener("pointercancel", end, on);
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
    if (target.classList.contains("outline")) return this.addOutline(target.dataset.key);
    this.choose(target.dataset.key);
  }

  nearest(event) {
    if (this.pointerType === "mouse") return null;
    const distance = (each) => {
      const { left, top, right, bottom } = each.getBoundingClientRect();
      const [x, y] = [event.clientX, event.clientY];
      return Math.hypot(x - clamp(x, left, right), y - clamp(y, top, bottom));
    };
    const near = [...this.stage.querySelectorAll(".digit, .outline")].map((each) => [distance(each), each]);
    const [best] = near.filter(([pixels]) => pixels < REACH).sort(([a], [b]) => a - b);
    return best?.[1];
  }
}
