/** Make the links to the pages a landmark, and mark the page that is open. Streamlit has no setting for either. */
function markMenu(title) {
  const menu = document.querySelector(".st-key-pages")
  if (!menu) return
  menu.setAttribute("role", "navigation")
  menu.setAttribute("aria-label", "Pages")
  const mark = () => {
    for (const link of menu.querySelectorAll("a")) {
      if (link.textContent.trim() === title) link.setAttribute("aria-current", "page")
      else link.removeAttribute("aria-current")
    }
  }
  mark()
  menu.links?.disconnect() // it knows the page before
  menu.links = new MutationObserver(mark) // links may come later than this script
  menu.links.observe(menu, { childList: true, subtree: true })
}
