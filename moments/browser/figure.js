// Draws a figure with Plotly and keeps it: the next run changes it in place instead of making it anew.
import Plotly from "./plotly-4.1.1.js";

const letters = new TextDecoder();
const dark = matchMedia("(prefers-color-scheme: dark)");

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
    Plotly.react(place, figure.data, { ...figure.layout, width }, config);
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
  kept.ask = () => setTriggerValue("turned", dark.matches);
  return () => {
    dark.removeEventListener("change", kept.turned);
    kept.observer.disconnect();
    Plotly.purge(place);
  };
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
  // the page's colours are made by the server: when the screen turns dark, its first figure asks for them anew
  kept.turned = () => {
    const first = document.querySelector("[role=figure]") === place;
    if (first) setTimeout(() => kept.ask(), 500); // once Streamlit itself has turned
  };
  dark.addEventListener("change", kept.turned);
  return kept;
}
