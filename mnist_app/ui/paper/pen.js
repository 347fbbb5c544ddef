// Strokes as the pen draws them: lists of [x, y] in paper units, every point that the browser knows.

const UNITS = 300 // a side of the paper, however large it is shown
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

function rounded(value) {
  return Math.round(value * 10) / 10
}
