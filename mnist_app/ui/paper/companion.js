// The companion of the canvas. It alone knows the strokes: the canvas shows them, and the server reads them.

const LOOK = 50 // ms; the canvas comes late and may be replaced, and shadow roots tell nobody
const papers = {} // by name; they outlive a visit to another page
let lastTouch = -Infinity

export default function ({ data, parentElement, setStateValue, setTriggerValue }) {
  const companion = (parentElement.companion ??= new Companion(parentElement, data.paper))
  companion.data = data
  companion.tellFound = () => setStateValue("found", true)
  companion.press = action => setTriggerValue("press", action)
  companion.start()
  return () => companion.stop()
}

class Companion {
  constructor(parent, name) {
    this.parent = parent
    this.paper = papers[name] ??= { drawings: new Drawings(name), sender: new Sender(), lastPut: null }
    this.drawings = this.paper.drawings
    this.sender = this.paper.sender
    this.ready = Promise.resolve() // after what the canvas is still being shown
    this.root = null // the canvas's shadow root
    this.isDrawing = false
    this.over = new AbortController()
  }

  /** The way to the server; another page's may still be there. */
  get link() {
    return window.paperLink?.paper === this.data.paper ? window.paperLink : null
  }

  /** Whether digits are keys for samples; a paper with a name is for a task. */
  get hasSamples() {
    return !this.data.paper
  }

  start() {
    if (!this.watch) {
      const { signal } = this.over
      this.watch = setInterval(() => this.attach(), LOOK)
      showTools(this.parent, this, signal)
      followKeys(this, signal)
      window.addEventListener("paper-answer", () => this.answer(), { signal })
    }
    if (!this.root) this.attach()
    else if (this.data.found) this.restore()
    else this.tellFound() // the server has been restarted
    this.render()
    this.answer()
  }

  stop() {
    clearInterval(this.watch)
    this.over.abort()
    this.sender.cancel()
  }

  /** Take over the canvas as soon as it is there, and again if another takes its place. */
  attach() {
    const root = findSheet(this.data.paper)
    if (!root || root === this.root) return
    this.root = root
    this.canvas = prepare(root, this.hasSamples)
    this.unread = unreadOverlay()
    followPen(this.canvas, this.over.signal, {
      begin: () => {
        this.isDrawing = true
        this.unread.show([])
      },
      draw: stroke => this.link && this.sender.sendSoon(() => [...this.drawings.strokes, smooth(stroke)]),
      end: (stroke, isTouch) => {
        this.isDrawing = false
        if (isTouch) lastTouch = performance.now()
        this.drawings.change([...this.drawings.strokes, smooth(stroke)])
        this.send()
        this.render()
      },
    })
    this.shown = false
    if (this.data.found) this.restore()
    else this.tellFound() // Python then tells the canvas to send nothing itself
  }

  /** Show a new canvas what was drawn before: on another visit to the page, or before a reload. */
  restore() {
    if (this.shown) return
    this.shown = true
    if (this.drawings.strokes.length) this.show([], this.drawings.strokes)
  }

  send() {
    this.sender.cancel()
    this.unread?.show([])
    if (this.link) this.sender.send(this.drawings.strokes)
  }

  /** Follow what the server says: what it has answered, what it did not read, and a sample to put down. */
  answer() {
    if (!this.link) return
    const { answered, put, leftOut } = this.link
    this.sender.note(answered)
    if (!this.root || !this.data.found) return
    if (put && put.id !== this.paper.lastPut && !this.isDrawing) {
      this.paper.lastPut = put.id
      const before = this.drawings.strokes
      if (put.isNew) this.drawings.reset()
      else this.drawings.change(put.strokes)
      this.show(before, put.strokes)
      this.render()
    } else if (answered === 0 && this.sender.sent === 0 && this.drawings.strokes.length) {
      this.send() // after a reload, or a restart of the server
    }
    if (answered === this.sender.sent) {
      this.unread.show(leftOut.map(k => this.drawings.strokes[k]).filter(Boolean), this.data.pen)
    }
  }

  /** Change the drawing by a function, and let canvas, server and tools follow. */
  act(change) {
    if (this.isDrawing) return
    const before = this.drawings.strokes
    change(this.drawings)
    if (before === this.drawings.strokes) return
    this.show(before, this.drawings.strokes)
    this.send()
    this.render()
  }

  undo() {
    if (this.root) this.act(all => all.undo())
    else this.press("undo")
  }

  redo() {
    if (this.root) this.act(all => all.redo())
  }

  clear() {
    if (!this.root) this.press("clear")
    else if (this.drawings.strokes.length) this.act(all => all.change([]))
  }

  sample(digit) {
    if (!this.isDrawing && this.hasSamples) this.link?.sample(digit)
  }

  begin() {
    this.act(all => all.begin())
  }

  open(index) {
    this.act(all => all.open(index))
  }

  /** Show other strokes on the canvas, by its own undo where that is enough. */
  show(before, after) {
    const common = before.findIndex((stroke, k) => stroke !== after[k])
    const kept = common === -1 ? before.length : common
    this.ready = this.ready.then(async () => {
      await pause(0) // Streamlit warns if the canvas, when it is wiped, sends in one turn with the companion
      if (kept === after.length && kept === before.length - 1 && undoOn(this.root)) return pause(0)
      const missing = kept === before.length ? after.slice(kept) : after
      if (missing === after) wipe(this.root)
      this.canvas.style.pointerEvents = "none"
      await play(this.root, missing, lastTouch)
      this.canvas.style.pointerEvents = ""
      return undefined
    })
  }

  render() {
    renderTools(this.parent, this.root ? this.drawings : null, this.data)
  }
}
