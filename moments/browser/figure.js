// Draws a figure with Plotly and keeps it: the next run changes it in place instead of making it anew.
import Plotly from "./plotly-4.1.1.js";

// What a click tells of a trace. Plotly would look through all attributes that a trace may have, at each change.
Plotly.PlotSchema.findArrayAttributes = ({ customdata }) => (customdata ? ["customdata"] : []);

const letters = new TextDecoder();
const pen = document.createElement("canvas").getContext("2d");
const signs = { "&lt;": "<", "&gt;": ">", "&amp;": "&" };

export default function ({ data, parentElement, setTriggerValue }) {
  const told = read(data);
  const kept = parentElement.figure ?? (parentElement.figure = begun(parentElement, told.name));
  kept.clicked = told.clicks ? (marks) => setTriggerValue("click", marks) : null;
  show(kept, told);
  return () => setTimeout(() => gone(kept), 1000); // it may still be drawing, or about to answer the mouse
}

// Streamlit calls a component after all that it draws itself: gather.js has told of the data as soon as they were here.
const coming = [];
addEventListener("figure", (event) => {
  const told = read(event.detail), kept = document.getElementById(told.name)?.parentElement.figure;
  if (!kept) return; // it is not on the page yet
  event.preventDefault();
  coming.push(() => show(kept, told));
  if (coming.length > 1) return;
  setTimeout(() => coming.splice(0).forEach((draw) => draw())); // in one frame with others that came together with it
});

function read(data) {
  const text = letters.decode(data);
  return { text, ...JSON.parse(text) };
}

function show(kept, { text, figure, config, alt }) {
  if (kept.text === text) return;
  const { place, parent } = kept, height = `${figure.layout.height}px`;
  place.setAttribute("aria-label", alt);
  place.style.height = height;
  parent.closest(".stElementContainer")?.style.setProperty("flex-basis", height); // which has that of the figure before
  kept.drawn = () => {
    const width = parent.clientWidth;
    if (!width) return; // in an expander that is closed: the observer tells when it opens
    kept.width = width;
    const layout = kept.listens ? measured(figure.layout) : figure.layout;
    Plotly.react(place, figure.data, { ...layout, width }, config);
    tidy(place, figure.layout.shapes ?? []);
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
  kept.text = text; // now, and not if it could not be drawn: then Streamlit's call shall say so
}

// Streamlit also ends what it calls again at once, when one change follows another: that figure stays.
function gone({ place, observer }) {
  if (place.isConnected) return;
  observer.disconnect();
  Plotly.purge(place);
}

// Plotly leaves a shape of the figure before where it lay between grid and marks and no other has taken its number.
function tidy(place, shapes) {
  const there = (shape) => shape && shape.visible !== false;
  for (const drawn of place.querySelectorAll(".shape-group")) if (!there(shapes[drawn.dataset.index])) drawn.remove();
}

// The layout of a figure that changes, with room made for the names at its left, as much as Plotly makes. Plotly itself
// learns how wide they are when all is drawn, and draws all of it again where the last ones took another room. (It also
// makes room above a name at the very end of an axis: a form with one asks for that itself, see theme.headroom.)
function measured(layout) {
  const { font, margin: usual, yaxis: plain } = layout.template.layout;
  const known = {};
  let widest = 0;
  for (const side of ["yaxis", "yaxis2"]) {
    const { ticktext, tickfont = plain.tickfont, ticklabelstandoff = 0, automargin } = layout[side] ?? {};
    if (!ticktext?.length || automargin === false) continue;
    known[side] = { ...layout[side], automargin: false };
    for (const line of ticktext.flatMap((name) => name.split("<br>"))) {
      const size = line.match(/font-size:(\d+)/)?.[1] ?? tickfont.size;
      pen.font = `${line.includes("<b>") ? "bold " : ""}${size}px ${font.family}`;
      const words = line.replace(/<[^>]*>/g, "").replace(/&(lt|gt|amp);/g, (sign) => signs[sign]);
      widest = Math.max(widest, pen.measureText(words).width + ticklabelstandoff);
    }
  }
  const margin = { ...usual, ...layout.margin };
  return widest ? { ...layout, ...known, margin: { ...margin, l: Math.round(margin.l + widest + 1) } } : layout;
}

function begun(parent, name) {
  const place = document.createElement("div");
  place.id = name;
  place.setAttribute("role", "figure");
  parent.append(place);
  const kept = { place, parent };
  // a finger that scrolls the page from a mark on lifts as if it had clicked it: the browser cancels its pointer
  place.addEventListener("pointerdown", () => (kept.scrolls = false), true);
  place.addEventListener("pointercancel", () => (kept.scrolls = true), true);
  kept.observer = new ResizeObserver(() => {
    if (parent.clientWidth !== kept.width) requestAnimationFrame(() => kept.drawn());
  });
  kept.observer.observe(parent);
  return kept;
}
