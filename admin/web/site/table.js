// A table whose rows are kept while what they show changes. On a narrow screen a row is drawn as a
// card, with the heading of each column before its value; the roles are therefore written down (a
// browser drops those of what is no longer laid out as a table).
import { element, keyed, setText, visible } from "./dom.js";

export class Table {
  #columns;
  #key;
  #body;
  #empty;

  // `columns`: {title, className, create(item) -> node | nothing, update(cell, item)}. `caption` is
  // for those who do not see the heading above.
  constructor({ caption, columns, key, empty }) {
    this.#columns = columns;
    this.#key = key;
    this.#body = element("tbody", { attributes: { role: "rowgroup" } });
    this.#empty = element("p", { className: "quiet", textContent: empty });
    const heads = columns.map(({ title, className = "" }) =>
      element("th", {
        textContent: title,
        className,
        attributes: { role: "columnheader", scope: "col" },
      }),
    );
    const table = element(
      "table",
      { attributes: { role: "table" } },
      element("caption", { className: "unseen", textContent: caption }),
      element(
        "thead",
        { attributes: { role: "rowgroup" } },
        element("tr", { attributes: { role: "row" } }, ...heads),
      ),
      this.#body,
    );
    this.node = element("div", { className: "cards" }, table, this.#empty);
    this.#table = table;
    this.show([]);
  }
  #table;

  show(items) {
    this.#empty.hidden = items.length > 0;
    this.#table.hidden = items.length === 0;
    keyed(
      this.#body,
      items,
      this.#key,
      (item) => this.#row(item),
      (row, item) => this.#fill(row, item),
    );
  }

  // Instead of rows.
  say(words) {
    this.show([]);
    setText(this.#empty, words);
  }

  #row(item) {
    const cells = this.#columns.map(({ title, className = "", create }) => {
      const cell = element("td", { className, dataset: { title }, attributes: { role: "cell" } });
      const content = create?.(item);
      if (content) cell.append(...[content].flat());
      return cell;
    });
    return element("tr", { attributes: { role: "row" } }, ...cells);
  }

  #fill(row, item) {
    this.#columns.forEach(({ update }, i) => update?.(row.cells[i], item));
  }
}

// A column of text; the text is isolated from its surroundings (names are anything).
export const textColumn = (title, of, className = "") => ({
  title,
  className,
  create: () => element("bdi"),
  update: (cell, item) => setText(cell.firstElementChild, visible(of(item))),
});
