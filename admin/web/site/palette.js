// The colours of the style sheet as the charts need them. Lines are told apart by their dashes as
// well: the colours are those of Okabe and Ito ("Color Universal Design"), darkened or lightened
// until they stand out 3:1 from the ground.
import { byId, element } from "./dom.js";

// On and off, in pixels, of line style 0, 1, ...
export const dashes = [[], [7, 3], [2, 2], [10, 3, 2, 3], [4, 2], [12, 4]];

const names = {
  line: ["--line-0", "--line-1", "--line-2", "--line-3", "--line-4", "--line-5"],
  text: ["--quiet"],
  grid: ["--grid"],
};

// A custom property may be light-dark(); only a used colour says which of the two it is.
export function readPalette() {
  const probe = document.body.appendChild(element("span", { hidden: true }));
  const used = (name) => {
    probe.style.color = `var(${name})`;
    return getComputedStyle(probe).color;
  };
  const palette = Object.fromEntries(
    Object.entries(names).map(([key, list]) => [key, list.map(used)]),
  );
  probe.remove();
  return palette;
}

// A sample of a line, for a legend. Attributes of SVG are no styles to a Content-Security-Policy.
export function lineSample(style) {
  const space = "http://www.w3.org/2000/svg";
  const picture = document.createElementNS(space, "svg");
  picture.setAttribute("width", "22");
  picture.setAttribute("height", "8");
  picture.setAttribute("aria-hidden", "true");
  const line = picture.appendChild(document.createElementNS(space, "line"));
  for (const [name, value] of Object.entries({
    x1: 0,
    x2: 22,
    y1: 4,
    y2: 4,
    "stroke-dasharray": dashes[style].join(" "),
  }))
    line.setAttribute(name, value);
  line.classList.add(`line-${style}`);
  return picture;
}

// Tells when the colours have changed: by the choice on the page, or by the system.
export function beginTheme(changed) {
  const choice = byId("theme");
  const apply = () => {
    if (choice.value === "system") delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = choice.value;
    changed();
  };
  try {
    choice.value = localStorage.getItem("overlap-theme") ?? "system";
    if (choice.selectedIndex < 0) choice.value = "system";
  } catch {
    // Storage is switched off: it is chosen again the next time.
  }
  choice.addEventListener("change", () => {
    try {
      localStorage.setItem("overlap-theme", choice.value);
    } catch {
      // As above.
    }
    apply();
  });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", changed);
  apply();
}
