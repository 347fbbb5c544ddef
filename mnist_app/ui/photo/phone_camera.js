// The uploader beside this opens a phone's own camera, which pages without https have no other way to.

export default function () {
  const place = document.querySelector(".st-key-phone-camera");
  const mark = () => {
    const input = place?.querySelector("input[type=file]");
    if (!input || input.hasAttribute("capture")) return;
    input.setAttribute("capture", "environment"); // the camera that looks away from the person
    input.accept = "image/*";
    input.multiple = false;
  };
  mark();
  const observer = new MutationObserver(mark); // the uploader may come later, and be drawn anew
  if (place) observer.observe(place, { childList: true, subtree: true });
  return () => observer.disconnect();
}
