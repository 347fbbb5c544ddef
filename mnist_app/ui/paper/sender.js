// When strokes go to the server: at once at the end of a stroke, and during one as often as the server says.

const PAUSE = 2 // times as long as an answer took: on a slow way to the server, fewer are sent
const LOST = 3000 // ms; an answer that takes longer is not waited for
const MIN_EXTENT = 12 // units; less of a first stroke is read as a dot

class Sender {
  sent = 0 // the number of the last drawing that was sent
  answered = 0
  time = 0 // when it was sent
  wait = 0 // ms that its answer took
  timer = null

  /** Send a drawing now, whatever is on its way. */
  send(strokes) {
    clearTimeout(this.timer)
    this.timer = null
    this.time = performance.now()
    this.sent = Math.max(this.sent, window.paperLink.answered) + 1
    window.paperLink.send({ number: this.sent, strokes })
  }

  /** Send an unfinished drawing as soon as the pace allows; `strokes()` is what it has by then. */
  sendSoon(strokes) {
    if (this.timer !== null) return
    const now = performance.now()
    const busy = this.answered < this.sent && now < this.time + LOST
    const due = busy ? now + 20 : this.time + Math.max(window.paperLink.interval, PAUSE * this.wait)
    this.timer = setTimeout(() => {
      this.timer = null
      if (busy || !isLarge(strokes())) this.sendSoon(strokes)
      else this.send(strokes())
    }, Math.max(0, due - now))
  }

  cancel() {
    clearTimeout(this.timer)
    this.timer = null
  }

  /** Note that the server has answered the drawing with this number. */
  note(answered) {
    if (answered === this.sent && this.answered < answered) this.wait = performance.now() - this.time
    this.answered = answered
  }
}

function isLarge(strokes) {
  const points = strokes.flat()
  const extent = axis => Math.max(...points.map(p => p[axis])) - Math.min(...points.map(p => p[axis]))
  return points.length > 0 && Math.max(extent(0), extent(1)) >= MIN_EXTENT
}
