// The answer to a click comes as a hundred messages, and Streamlit would draw the page for every few of them. One that is
// whole within WAIT is handed over in one go and drawn once; a slower one, and the first on an empty page, as it comes.
{
  const WAIT = 400; // milliseconds
  const BEGUN = 4, ENDED = 6; // new_session and script_finished, the fields of Streamlit's ForwardMsg
  const WHOLE = 0; // finished, and not to begin again

  // The fields of a protobuf message, without those inside of them: {number: value, or length of what it holds}.
  function fields(message) {
    const bytes = new Uint8Array(message), found = new Map();
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
      found.set(tag >> 3, size);
      if (kind !== 0) at += size;
    }
    return found;
  }

  function gathering(tell) {
    let waiting = [], drawn = false, held = false, timer = 0;
    const hand = () => {
      clearTimeout(timer);
      const ready = waiting;
      waiting = [], held = false;
      for (const event of ready) {
        try {
          tell(event);
        } catch (error) {
          reportError(error); // and the next one is told all the same
        }
      }
    };
    return (event) => {
      const has = fields(event.data);
      waiting.push(event);
      if (has.has(BEGUN) && drawn && !held) {
        held = true;
        timer = setTimeout(hand, WAIT);
      }
      drawn ||= has.get(ENDED) === WHOLE;
      if (!held || has.has(ENDED)) hand();
    };
  }

  window.WebSocket = class extends WebSocket {
    addEventListener(kind, tell, more) {
      super.addEventListener(kind, kind === "message" ? gathering(tell) : tell, more);
    }
  };
}
