// Draws a figure with Plotly and keeps it: the next run changes it in place instead of making it anew.
import Plotly from "./plotly-4.1.1.js";

const letters = new TextDecoder();
const pen = document.createElement("canvas").getContext("2d");
const signs = { "&lt;": "<", "&gt;": ">", "&amp;": "&" };

export default function ({ data, parentElement, setTriggerValue }) {
  const { figure, config, alt, clicks } = JSON.parse(letters.decode(data));
  const kept = parentElement.figure ?? (parentElement.figure = begun(parentElement));
  const { place } = kept;
  place.setAttribute("aria-label", alt);
  place.style.height = `${figure.layout.height}px`;
  kept.clicked = clicks ? (marks) => setTriggerValue("click", marks) : null;
  kept.drawn = () => {
    const width = parentElement.clientWidth;
    if (!width) return; // in an expander that is closed: the observer tells when it opens
    kept.width = width;
    const margin = kept.listens ? margins(figure.layout) : figure.layout.margin;
    Plotly.react(place, figure.data, { ...figure.layout, width, margin }, config);
    if (!kept.listens) {
      kept.listens = true;
      place.on("plotly_click", ({ points }) => {
        if (kept.scrolls) return;
        const marks = points.map((point) => point.customdata).filter((code) => code != null);
        if (marks.length) kept.clicked?.(marks);
      });
    }
  };
  kept.drawn();
  return () => setTimeout(() => gone(kept), 1000); // it may still be drawing, or about to answer the mouse
}

// Streamlit also ends what it calls again at once, when one change follows another: that figure stays.
function gone({ place, observer }) {
  if (place.isConnected) return;
  observer.disconnect();
  Plotly.purge(place);
}

// The margins of a figure that changes, with room for the names at its left. Plotly itself learns how wide they are when
// all is drawn, and draws all of it again where they take another room than the last ones (by more than a pixel).
function margins({ template, margin, yaxis = {}, yaxis2 = {} }) {
  const { font, margin: usual, yaxis: plain } = template.layout;
  let widest = 0;
  for (const { ticktext = [], tickfont = plain.tickfont, ticklabelstandoff = 0, automargin } of [yaxis, yaxis2]) {
    if (automargin === false) continue;
    for (const line of ticktext.flatMap((name) => name.split("<br>"))) {
      const size = line.match(/font-size:(\d+)/)?.[1] ?? tickfont.size;
      pen.font = `${line.includes("<b>") ? "bold " : ""}${size}px ${font.family}`;
      const words = line.replace(/<[^>]*>/g, "").replace(/&(lt|gt|amp);/g, (sign) => signs[sign]);
      widest = Math.max(widest, pen.measureText(words).width + ticklabelstandoff);
    }
  }
  const all = { ...usual, ...margin };
  return widest ? { ...all, l: Math.floor(all.l + widest + 1) } : all;
}

function begun(parent) {
  const place = document.createElement("div");
  place.setAttribute("role", "figure");
  parent.append(place);
  const kept = { place };
  // a finger that scrolls the page from a mark on lifts as if it had clicked it: the browser cancels its pointer
  place.addEventListener("pointerdown", () => (kept.scrolls = false), true);
  place.addEventListener("pointercancel", () => (kept.scrolls = true), true);
  kept.observer = new ResizeObserver(() => {
    if (parent.clientWidth !== kept.width) requestAnimationFrame(() => kept.drawn());
  });
  kept.observer.observe(parent);
  return kept;
}
