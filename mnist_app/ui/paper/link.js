// The way of strokes to the server and of answers back. It stands where the answer is, so that strokes rerun
// the answer alone, and is this short because it travels with every answer.
export default function ({ data, setStateValue, setTriggerValue }) {
  window.paperLink = {
    ...data,
    send: sent => setStateValue("sent", sent),
    sample: digit => setTriggerValue("sample", digit),
  }
  window.dispatchEvent(new Event("paper-answer"))
}
