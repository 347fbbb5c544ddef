// The canvas as its own code does not offer it: found, named, without its toolbar, and played upon.

const NAME = "Paper. Draw with a pen, a finger or the mouse"
const TOUCH_REST = 450 // ms; so long after a touch, the canvas does not listen to a mouse
const STYLE = `
  .dc-toolbar {display: none !important}
  .dc-canvas {outline: none !important}
  canvas.upper-canvas:focus-visible {outline: 12px solid var(--st-primary-color) !important; outline-offset: -12px}
`

/** Return the shadow root of a paper's canvas once it is complete, else null. */
function findSheet(paper) {
  const host = document.querySelector(`[class*=st-key-${paper}sheet-] [data-testid=stBidiComponentIsolated]`)
  const root = host?.shadowRoot
  return root?.querySelector("canvas.upper-canvas") && button(root, "Undo") ? root : null
}

function button(root, name) {
  return root.querySelector(`.dc-toolbar button[aria-label="${name}"]`)
}

/** Hide the canvas's toolbar, which takes strokes on touch, and give the canvas a name and a place for Tab. */
function prepare(root, hasSamples) {
  const style = document.createElement("style")
  style.textContent = STYLE
  root.append(style)
  const canvas = root.querySelector("canvas.upper-canvas")
  canvas.setAttribute("role", "img")
  canvas.setAttribute("aria-label", hasSamples ? `${NAME}, or press a digit for a sample.` : `${NAME}.`)
  canvas.tabIndex = 0
  return canvas
}

/** Take the last stroke off the canvas by its own history, which forgets after 100 strokes: then false. */
function undoOn(root) {
  const undo = button(root, "Undo")
  const can = !undo.disabled
  undo.click()
  return can
}

function wipe(root) {
  button(root, "Reset canvas & history").click()
}

/** Draw strokes on the canvas as a mouse would, so that each is a step of its history. */
async function play(root, strokes, lastTouch) {
  const canvas = root.querySelector("canvas.upper-canvas")
  const rest = lastTouch + TOUCH_REST - performance.now()
  await pause(Math.max(0, rest)) // also for what the canvas is still loading
  for (const stroke of strokes) {
    const { left, top, width, height } = canvas.getBoundingClientRect()
    const mouse = (name, [x, y], target) => {
      const place = { clientX: left + (x / UNITS) * width, clientY: top + (y / UNITS) * height }
      // A mouse event has whole pixels only; the canvas takes any event by its name.
      const whose = { isPrimary: true, bubbles: true, composed: true, cancelable: true }
      target.dispatchEvent(new PointerEvent(name, { ...place, ...whose }))
    }
    mouse("mousedown", stroke[0], canvas)
    for (const point of stroke.slice(1)) mouse("mousemove", point, document)
    const [x, y] = stroke.at(-1)
    if (stroke.length > 1) mouse("mousemove", [x, y + 0.01], document) // the last but one would be dropped
    mouse("mouseup", stroke.at(-1), document)
    await null // the canvas notes a step of its history right after the event
  }
}

function pause(milliseconds) {
  return new Promise(resolve => setTimeout(resolve, milliseconds))
}
