// A button that copies a link. The browser allows that only while it is being pressed.
export default function ({ data, parentElement }) {
  const button = parentElement.querySelector("button")
  const said = parentElement.querySelector("span")
  button.onclick = async () => {
    await copyText(data.link, parentElement)
    said.textContent = "Link copied"
    setTimeout(() => (said.textContent = "Copy link"), 2000)
  }
}
