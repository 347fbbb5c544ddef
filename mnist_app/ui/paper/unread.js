// A tint over the strokes that were not read, with a word. It lies over the canvas and not in it: what is in
// the canvas is shown by its difference from the paper.

const SVG = "http://www.w3.org/2000/svg"

/** Return an empty overlay of the canvas; `show(strokes, pen)` fills it, with a pen of so many units. */
function unreadOverlay() {
  const paper = document.querySelector(".st-key-paper")
  paper.querySelector("svg[data-unread]")?.remove()
  const svg = document.createElementNS(SVG, "svg")
  svg.setAttribute("data-unread", "")
  svg.setAttribute("viewBox", `0 0 ${UNITS} ${UNITS}`)
  paper.append(svg)
  return {
    show(strokes, pen) {
      svg.replaceChildren(...strokes.map(stroke => line(stroke, pen)), ...strokes.slice(0, 1).map(word))
    },
  }
}

function line(stroke, pen) {
  const path = document.createElementNS(SVG, "polyline")
  path.setAttribute("points", [stroke[0], ...stroke].map(point => point.join()).join(" ")) // a dot too
  path.setAttribute("stroke-width", pen + 1) // covers the edge of the ink
  return path
}

/** Name the tint once, below the first such stroke, or above it at the lower edge. */
function word(stroke) {
  const text = document.createElementNS(SVG, "text")
  const x = stroke.map(point => point[0])
  const y = stroke.map(point => point[1])
  const below = Math.max(...y) + 24
  text.setAttribute("x", Math.min(UNITS - 24, Math.max(24, (Math.min(...x) + Math.max(...x)) / 2)))
  text.setAttribute("y", below < UNITS - 4 ? below : Math.max(14, Math.min(...y) - 14))
  text.textContent = "not read"
  return text
}
