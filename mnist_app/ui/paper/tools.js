// The buttons below the paper, the drawings of the session as thumbnails, and the keys.

const ACTIONS = ["undo", "redo", "clear", "begin", "present"]

function showTools(parent, companion, signal) {
  const press = event => {
    const button = event.target.closest("button")
    if (!button || button.getAttribute("aria-disabled") === "true") return
    if (button.dataset.open) companion.open(Number(button.dataset.open))
    else if (button.name === "present") present(!isPresenting())
    else companion[button.name]()
  }
  for (const name of ["begin", "present"]) {
    parent.querySelector(`button[name=${name}]`).hidden = !companion.hasSamples
  }
  parent.querySelector(".tools").addEventListener("click", press, { signal })
  parent.querySelector(".drawings").addEventListener("click", press, { signal })
  const left = () => document.fullscreenElement || present(false)
  document.addEventListener("fullscreenchange", left, { signal })
  signal.addEventListener("abort", () => present(false))
}

/** Enable what can be done, and show the drawings if there are several; null: the canvas was not found. */
function renderTools(parent, drawings, data) {
  const can = drawings
    ? {
        undo: drawings.canUndo,
        redo: drawings.canRedo,
        clear: drawings.strokes.length,
        begin: drawings.strokes.length,
      }
    : { undo: !data.empty, clear: !data.empty }
  for (const name of ACTIONS.slice(0, 4)) {
    parent.querySelector(`button[name=${name}]`).setAttribute("aria-disabled", String(!can[name]))
  }
  const several = drawings && drawings.all.length > 1 ? drawings.all : []
  parent.querySelector(".drawings").replaceChildren(
    ...several.map(({ strokes }, k) => thumbnail(strokes, k, k === drawings.at)),
  )
}

function thumbnail(strokes, index, isOpen) {
  const button = document.createElement("button")
  button.type = "button"
  button.dataset.open = index
  button.setAttribute("aria-label", `Drawing ${index + 1}`)
  button.setAttribute("aria-pressed", String(isOpen))
  const svg = document.createElementNS(SVG, "svg")
  svg.setAttribute("viewBox", `0 0 ${UNITS} ${UNITS}`)
  svg.append(...strokes.map(stroke => line(stroke, 15)))
  button.append(svg)
  return button
}

/** Fill the screen with paper and answer, or go back to the page. */
function present(on) {
  const page = document.documentElement
  page.toggleAttribute("data-present", on)
  // A browser may refuse, or have no full screen: then paper and answer fill its window.
  if (on) page.requestFullscreen?.().catch(() => {})
  else if (document.fullscreenElement) document.exitFullscreen()
}

function isPresenting() {
  return document.documentElement.hasAttribute("data-present")
}

function followKeys(companion, signal) {
  const key = event => {
    if (isText(event.composedPath()[0]) || event.altKey) return
    const name = event.key.toLowerCase()
    const isCommand = event.ctrlKey || event.metaKey
    if (isCommand && name === "z") companion[event.shiftKey ? "redo" : "undo"]()
    else if (isCommand) return
    else if (name === "delete") companion.clear()
    else if (name === "escape" && isPresenting()) present(false)
    else if (/^[0-9]$/.test(name)) companion.sample(Number(name))
    else return
    event.preventDefault()
  }
  document.addEventListener("keydown", key, { signal })
}

function isText(element) {
  return element.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(element.nodeName)
}
