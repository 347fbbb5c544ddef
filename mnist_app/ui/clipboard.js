/** Put text on the clipboard, also where the browser has none because the page is not secure. */
async function copyText(text, parent = document.body) {
  if (navigator.clipboard) return navigator.clipboard.writeText(text);
  const area = Object.assign(document.createElement("textarea"), { value: text });
  parent.append(area); // within what holds the focus, or it could not be selected
  area.select();
  document.execCommand("copy");
  area.remove();
}
