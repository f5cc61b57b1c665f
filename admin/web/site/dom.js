// Small helpers over the document. Text comes from outside (names of files, of users, of clients):
// it only ever becomes the text of a node, never markup.

export const byId = (id) => document.getElementById(id);

// An element with its properties and children; a child is a node or a text. `dataset` and
// `attributes` are objects.
export function element(tag, { dataset, attributes, ...properties } = {}, ...children) {
  const node = document.createElement(tag);
  Object.assign(node, properties);
  if (dataset) Object.assign(node.dataset, dataset);
  for (const [name, value] of Object.entries(attributes ?? {})) node.setAttribute(name, value);
  node.append(...children);
  return node;
}

// Touches the document only if something changes: once a second there are hundreds of these.
export function setText(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

export function setAttribute(node, name, value) {
  if (value === null) node.removeAttribute(name);
  else if (node.getAttribute(name) !== value) node.setAttribute(name, value);
}

// Makes the children of `parent` those of `items`, in their order, and keeps the node of an item
// that stays: what has the focus keeps it. `create(item)` makes a node, `update(node, item)` fills
// it.
export function keyed(parent, items, key, create, update) {
  const present = new Map();
  for (const node of parent.children) present.set(node.dataset.key, node);
  let place = parent.firstElementChild;
  for (const item of items) {
    const name = String(key(item));
    let node = present.get(name);
    if (node) present.delete(name);
    else {
      node = create(item);
      node.dataset.key = name;
    }
    update(node, item);
    if (node === place) place = place.nextElementSibling;
    else parent.insertBefore(node, place);
  }
  for (const node of present.values()) removeKeepingFocus(parent, node);
}

// The focus would fall back to the top of the page; it goes to the section's heading instead.
function removeKeepingFocus(parent, node) {
  const focused = node.contains(document.activeElement);
  node.remove();
  if (!focused) return;
  const heading = parent.closest("section")?.querySelector("h2");
  if (!heading) return;
  heading.tabIndex = -1;
  heading.focus({ preventScroll: true });
}

// Letters that are not seen, or that turn round what stands after them, are named instead: a name
// must not be able to pass for another, or to disturb the line that it stands in. The separators
// are those of Unicode, UAX #9 and C0/C1.
const unseen =
  /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g;
export const visible = (text) =>
  text.replace(
    unseen,
    (letter) => `⟨U+${letter.charCodeAt(0).toString(16).toUpperCase().padStart(4, "0")}⟩`,
  );

// A text of outside amid words of ours; its direction does not reach them.
export const isolated = (text) => element("bdi", {}, visible(text));
