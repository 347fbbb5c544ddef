// The drawings of a paper, each with its steps back and forth, kept by the browser for this tab.

const STORE = "digit-reader-drawings"
const MAX_DRAWINGS = 12

class Drawings {
  constructor(paper) {
    this.store = STORE + paper
    this.all = [newDrawing([])]
    this.at = 0
    this.restore()
  }

  get current() {
    return this.all[this.at]
  }

  get strokes() {
    return this.current.strokes
  }

  /** Change what is on the paper, as one step that can be undone. */
  change(strokes) {
    this.current.past.push(this.strokes)
    this.current.future = []
    this.current.next = null
    this.current.strokes = strokes
    this.keep()
  }

  get canUndo() {
    return this.current.past.length > 0 || this.all.includes(this.current.from)
  }

  get canRedo() {
    return this.current.future.length > 0 || Boolean(this.current.next)
  }

  /** Take the last step back; before the first stroke, that is to the drawing that was left for this one. */
  undo() {
    const { past, future, from } = this.current
    if (past.length || !this.all.includes(from)) return this.step(past, future)
    from.next = this.current
    return this.open(this.all.indexOf(from))
  }

  redo() {
    const { past, future, next } = this.current
    if (future.length || !next) return this.step(future, past)
    this.current.next = null
    return this.add(next)
  }

  step(from, to) {
    if (!from.length) return
    to.push(this.strokes)
    this.current.strokes = from.pop()
    this.keep()
  }

  /** Begin another drawing. The oldest is forgotten if there are too many. */
  begin() {
    if (this.strokes.length) this.add({ ...newDrawing([]), from: this.current })
  }

  add(drawing) {
    this.all = [...this.all.filter(each => each.strokes.length), drawing].slice(-MAX_DRAWINGS)
    this.at = this.all.length - 1
    this.keep()
  }

  open(index) {
    const chosen = this.all[index]
    this.all = this.all.filter(each => each === chosen || each.strokes.length)
    this.at = this.all.indexOf(chosen)
    this.keep()
  }

  /** Forget them all. */
  reset() {
    this.all = [newDrawing([])]
    this.at = 0
    this.keep()
  }

  keep() {
    const kept = { at: this.at, drawings: this.all.map(each => each.strokes) }
    try {
      sessionStorage.setItem(this.store, JSON.stringify(kept))
    } catch (error) {
      if (!(error instanceof DOMException)) throw error // storage that is full or forbidden is no reason to stop
    }
  }

  restore() {
    try {
      const { at, drawings } = JSON.parse(sessionStorage.getItem(this.store) ?? "{}")
      if (!Array.isArray(drawings) || !drawings[at]) return
      this.all = drawings.map(newDrawing)
      this.at = at
    } catch (error) {
      if (!(error instanceof DOMException || error instanceof SyntaxError)) throw error
    }
  }
}

/** Return a drawing whose strokes can be taken back one by one. */
function newDrawing(strokes) {
  return { strokes, past: strokes.map((_, count) => strokes.slice(0, count)), future: [] }
}
