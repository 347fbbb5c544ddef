// Strokes as the pen draws them: lists of [x, y] in paper units, every point that the browser knows.

const UNITS = 300 // a side of the paper, however large it is shown
const FAR = 6 // units; the pen went in a curve between points so far apart
const NEAR = 0.4 // units; points nearer than this say nothing new, and a fast mouse has thousands

/** Call `begin()`, `draw(stroke)` and `end(stroke, isTouch)` for each stroke on a canvas, until the signal aborts. */
function followPen(canvas, signal, { begin, draw, end }) {
  let pen = null
  let stroke = []

  const add = event => {
    const box = canvas.getBoundingClientRect()
    const x = ((event.clientX - box.left) / box.width) * UNITS
    const y = ((event.clientY - box.top) / box.height) * UNITS
    const last = stroke.at(-1)
    if (!last || Math.hypot(x - last[0], y - last[1]) >= NEAR) stroke.push([rounded(x), rounded(y)])
  }
  const down = event => {
    if (pen !== null || event.button !== 0 || !event.isPrimary) return // as the canvas does
    pen = event.pointerId
    stroke = []
    add(event)
    begin()
  }
  const move = event => {
    if (event.pointerId !== pen) return
    const all = event.getCoalescedEvents?.() ?? [] // not over http, and none for a script's events
    for (const each of all.length ? all : [event]) add(each)
    draw(stroke)
  }
  const up = event => {
    if (event.pointerId !== pen) return
    pen = null
    // The canvas does not listen for a touch that the system takes away, and would wait for its end for ever.
    if (event.type === "pointercancel") document.dispatchEvent(new TouchEvent("touchend"))
    else add(event)
    end(stroke, event.pointerType === "touch")
  }
  canvas.addEventListener("pointerdown", down, { signal })
  for (const [name, listener] of Object.entries({ pointermove: move, pointerup: up, pointercancel: up })) {
    window.addEventListener(name, listener, { signal, capture: true })
  }
}

/** Return a stroke with a curve through its points where they are far apart: a spline of Catmull and Rom (1974). */
function smooth(stroke) {
  const at = k => stroke[Math.min(stroke.length - 1, Math.max(0, k))]
  const between = (k, t) =>
    [0, 1].map(axis => {
      const [a, b, c, d] = [at(k - 1), at(k), at(k + 1), at(k + 2)].map(point => point[axis])
      return rounded(b + (t / 2) * (c - a + t * (2 * a - 5 * b + 4 * c - d + t * (3 * (b - c) + d - a))))
    })
  return stroke.flatMap((point, k) => {
    const next = at(k + 1)
    const steps = Math.ceil(Math.hypot(next[0] - point[0], next[1] - point[1]) / FAR)
    return [point, ...Array.from({ length: Math.max(0, steps - 1) }, (_, i) => between(k, (i + 1) / steps))]
  })
}

function rounded(value) {
  return Math.round(value * 10) / 10
}
