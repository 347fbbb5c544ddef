// A drawing replayed beside the ten probabilities: a slider over the pen's way, and a button that plays it.
const STEP = 220 // ms between two moments

export default function ({ data, parentElement }) {
  const find = name => parentElement.querySelector(name)
  const slider = find("input"), button = find("button"), paths = find("svg"), rows = find("tbody"), said = find("p")
  let timer = null

  const show = k => {
    const { strokes, shares } = data.moments[k]
    slider.value = k
    paths.setAttribute("viewBox", data.view)
    paths.innerHTML = ""
    for (const points of strokes) {
      const line = document.createElementNS("http://www.w3.org/2000/svg", "polyline")
      line.setAttribute("points", points)
      line.setAttribute("stroke-width", data.pen)
      paths.append(line)
    }
    const best = shares ? shares.indexOf(Math.max(...shares)) : -1
    ;[...rows.rows].forEach((row, digit) => {
      const share = shares ? shares[digit] : 0
      row.querySelector("i").style.width = `${100 * share}%`
      row.cells[2].textContent = shares ? `${Math.round(100 * share)} %` : ""
      row.classList.toggle("wins", digit === best)
    })
    said.textContent = data.turns.filter(turn => turn.at <= k).map(turn => turn.text).join(" → ")
  }
  const stop = () => {
    clearInterval(timer)
    timer = null
    button.textContent = "Play"
  }
  const play = () => {
    button.textContent = "Pause"
    if (Number(slider.value) === data.moments.length - 1) show(0)
    timer = setInterval(() => {
      const next = Number(slider.value) + 1
      if (next < data.moments.length) show(next)
      else stop()
    }, STEP)
  }
  slider.max = data.moments.length - 1
  slider.oninput = () => {
    stop()
    show(Number(slider.value))
  }
  button.onclick = () => (timer === null ? play() : stop())
  stop()
  rows.parentElement.hidden = !data.moments.some(moment => moment.shares)
  show(data.moments.length - 1)
  if (data.plays && !matchMedia("(prefers-reduced-motion: reduce)").matches) play()
  return stop
}
