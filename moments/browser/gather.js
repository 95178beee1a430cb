// The answer to a click comes as a hundred messages, and Streamlit would draw the page for every few of them. One that is
// quick is handed over in one go and drawn once; a slower one, and the first on an empty page, as it comes. What figures
// show is told to figure.js at once, so that it draws them while the server goes on, and before Streamlit has the rest.
{
  const QUICK = 900; // milliseconds from the beginning of a run: who waits for longer wants to see it go on
  const BEGUN = 4, ENDED = 6; // new_session and script_finished, the fields of Streamlit's ForwardMsg
  const WHOLE = 0; // finished, and not to begin again
  const COMPONENT = [5, 3, 59], DATA = 12; // its delta, there a new_element, a bidi_component; and the bytes of that

  // The fields of a protobuf message: {number: value, or the bytes of what it holds}.
  function fields(bytes) {
    const found = new Map();
    let at = 0;
    const number = () => {
      let value = 0;
      for (let scale = 1; at < bytes.length; scale *= 128) {
        value += (bytes[at] & 127) * scale;
        if (bytes[at++] < 128) break;
      }
      return value;
    };
    while (at < bytes.length) {
      const tag = number(), kind = tag & 7;
      const size = kind === 1 ? 8 : kind === 5 ? 4 : number(); // of kind 0 it is the value itself
      found.set(tag >> 3, kind === 0 ? size : bytes.subarray(at, at + size));
      if (kind !== 0) at += size;
    }
    return found;
  }

  // Whether a figure that is on the page is about to be drawn from what the message holds.
  function draws(message) {
    const component = COMPONENT.reduce((outer, field) => fields(outer.get(field) ?? []), message);
    const detail = component.get(DATA);
    return detail !== undefined && !dispatchEvent(new CustomEvent("figure", { detail, cancelable: true }));
  }

  function gathering(tell) {
    let waiting = [], drawn = false, held = false, drawing = false, timer = 0;
    const hand = () => {
      clearTimeout(timer);
      const ready = waiting;
      waiting = [], held = false, drawing = false;
      for (const event of ready) {
        try {
          tell(event);
        } catch (error) {
          reportError(error); // and the next one is told all the same
        }
      }
    };
    return (event) => {
      const has = fields(new Uint8Array(event.data));
      waiting.push(event);
      drawn ||= has.get(ENDED) === WHOLE;
      if (has.has(BEGUN) && drawn && !held) {
        held = true;
        timer = setTimeout(hand, QUICK);
      }
      if (draws(has)) drawing = true;
      if (!held || (has.has(ENDED) && !drawing)) hand();
      else if (has.has(ENDED)) requestAnimationFrame(() => requestAnimationFrame(hand)); // figures have been painted
    };
  }

  window.WebSocket = class extends WebSocket {
    addEventListener(kind, tell, more) {
      super.addEventListener(kind, kind === "message" ? gathering(tell) : tell, more);
    }
  };
}
