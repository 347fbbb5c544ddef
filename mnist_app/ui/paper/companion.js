// The companion of the canvas. It alone knows the strokes: the canvas shows them, and the server reads them.

const LOOK = 50 // ms; the canvas comes late and may be replaced, and shadow roots tell nobody
const drawings = new Drawings() // they outlive a visit to another page
const sender = new Sender()
let lastPut = null // the last sample that was put on the paper
let lastTouch = -Infinity

export default function ({ data, parentElement, setStateValue, setTriggerValue }) {
  const companion = (parentElement.companion ??= new Companion(parentElement))
  companion.data = data
  companion.tellFound = () => setStateValue("found", true)
  companion.press = action => setTriggerValue("press", action)
  companion.start()
  return () => companion.stop()
}

class Companion {
  constructor(parent) {
    this.parent = parent
    this.ready = Promise.resolve() // after what the canvas is still being shown
    this.root = null // the canvas's shadow root
    this.isDrawing = false
    this.over = new AbortController()
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
    if (window.paperLink) this.answer()
  }

  stop() {
    clearInterval(this.watch)
    this.over.abort()
    sender.cancel()
  }

  /** Take over the canvas as soon as it is there, and again if another takes its place. */
  attach() {
    const root = findSheet()
    if (!root || root === this.root) return
    this.root = root
    this.canvas = prepare(root)
    this.unread = unreadOverlay()
    followPen(this.canvas, this.over.signal, {
      begin: () => {
        this.isDrawing = true
        this.unread.show([])
      },
      draw: stroke => sender.sendSoon(() => [...drawings.strokes, smooth(stroke)]),
      end: (stroke, isTouch) => {
        this.isDrawing = false
        if (isTouch) lastTouch = performance.now()
        drawings.change([...drawings.strokes, smooth(stroke)])
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
    if (drawings.strokes.length) this.show([], drawings.strokes)
  }

  send() {
    sender.cancel()
    this.unread?.show([])
    if (window.paperLink) sender.send(drawings.strokes)
  }

  /** Follow what the server says: what it has answered, what it did not read, and a sample to put down. */
  answer() {
    const { answered, put, leftOut } = window.paperLink
    sender.note(answered)
    if (!this.root || !this.data.found) return
    if (put && put.id !== lastPut && !this.isDrawing) {
      lastPut = put.id
      const before = drawings.strokes
      drawings.change(put.strokes)
      this.show(before, put.strokes)
      this.render()
    } else if (answered === 0 && sender.sent === 0 && drawings.strokes.length) {
      this.send() // after a reload, or a restart of the server
    }
    if (answered === sender.sent) {
      this.unread.show(leftOut.map(k => drawings.strokes[k]).filter(Boolean), this.data.pen)
    }
  }

  /** Change the drawing by a function, and let canvas, server and tools follow. */
  act(change) {
    if (this.isDrawing) return
    const before = drawings.strokes
    change(drawings)
    if (before === drawings.strokes) return
    this.show(before, drawings.strokes)
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
    else if (drawings.strokes.length) this.act(all => all.change([]))
  }

  sample(digit) {
    if (!this.isDrawing) window.paperLink?.sample(digit)
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
    renderTools(this.parent, this.root ? drawings : null, this.data)
  }
}
