// The list of cases: rows are drawn a page at a time, a row's detail when it is opened.

const PAGE = 100;
const view = { shown: [], drawn: 0, rows: new Map(), suite: null };

/** Filter anew and draw the first page. */
function refresh() {
  const filters = filtersSet();
  const words = (filters.q ?? "").toLowerCase().split(/\s+/).filter(Boolean);
  view.shown = cases.map((one) => ({ one, hits: matching(one, filters, words) })).filter(({ hits }) => hits.length);
  view.rows.clear();
  view.drawn = 0;
  view.suite = null;
  byId("list").replaceChildren();
  byId("count").textContent = view.shown.length === cases.length ? `All ${plural(cases.length, "case")}.`
    : `${view.shown.length} of ${plural(cases.length, "case")}.`;
  byId("clear").hidden = Object.keys(filters).length === 0;
  if (!view.shown.length) byId("list").append(el("p", { class: "nothing", text: "No case fits these filters." }));
  drawMore();
}

function drawMore(upTo = view.drawn + PAGE) {
  for (const { one, hits } of view.shown.slice(view.drawn, upTo)) {
    if (one.suite !== view.suite) {
      view.suite = one.suite;
      byId("list").append(el("h3", { text: one.suite }), el("ul", { class: "rows" }));
    }
    const row = caseRow(one, hits);
    view.rows.set(one, row);
    byId("list").lastElementChild.append(row);
  }
  view.drawn = Math.max(view.drawn, Math.min(upTo, view.shown.length));
  byId("more").hidden = view.drawn >= view.shown.length;
  byId("more").textContent = `Show ${Math.min(PAGE, view.shown.length - view.drawn)} more`;
}

function caseRow(one, hits) {
  const button = el("button", { type: "button", class: "open", "aria-expanded": "false" },
    el("span", { class: "id", text: one.id }), el("span", { class: "chips" }, ...chips(one, hits)),
    el("span", { class: "comment", text: one.comment }));
  const row = el("li", { class: `row ${worstOf(hits)}` }, button);
  button.addEventListener("click", () => (row.querySelector(".detail") ? close(one) : open(one)));
  return row;
}

const worstOf = (results) => ORDER.find((kind) => results.some((r) => r.kind === kind));

const NAMED = 4; // names in a row; the others open with it

/** Who did how: those that did not pass by name, the others as a number. */
function chips(one, hits) {
  const drawn = ORDER.filter((kind) => kind !== "good").flatMap((kind) => {
    const names = hits.filter((r) => r.kind === kind).map((r) => (targets.length > 1 ? r.target.name : r.verdict));
    const named = names.length > NAMED ? `${names.slice(0, NAMED - 1).join(", ")} and ${names.length - NAMED + 1} more` : names.join(", ");
    const props = { class: `chip ${kind}`, text: `${KINDS[kind].sign} ${named}`, title: `${KINDS[kind].word}: ${names.join(", ")}` };
    return names.length ? [el("span", props)] : [];
  });
  const good = resultsOf(one, inputs.target.value).filter((r) => r.kind === "good").length;
  const text = targets.length > 1 && !inputs.target.value ? `${KINDS.good.sign} ${good}` : KINDS.good.sign;
  if (good) drawn.push(el("span", { class: "chip good", text, title: `${good} passed` }));
  return drawn;
}

/** Open a case's detail; with a target's name, that implementation's part is brought into view. */
function open(one, targetName, { address = true } = {}) {
  const row = view.rows.get(one);
  if (!row.querySelector(".detail")) row.append(caseDetail(one));
  row.firstElementChild.setAttribute("aria-expanded", "true");
  if (address) replaceAddress(toHash({ id: one.id, target: targetName, filters: filtersSet() }));
}

function close(one) {
  const row = view.rows.get(one);
  row.querySelector(".detail")?.remove();
  row.firstElementChild.setAttribute("aria-expanded", "false");
  replaceAddress(toHash({ filters: filtersSet() }));
}

/** Bring a case into view and open it, whatever the filters hide. */
function reveal(one, targetName) {
  let place = view.shown.findIndex((entry) => entry.one === one);
  if (place < 0) {
    setFilters({});
    refresh();
    place = cases.indexOf(one);
  }
  if (place >= view.drawn) drawMore(place + PAGE / 2);
  open(one, targetName, { address: false });
  const row = view.rows.get(one);
  const part = [...row.querySelectorAll(".outcome")].find((node) => node.dataset.target === targetName);
  row.querySelector(".outcome.aimed")?.classList.remove("aimed");
  part?.classList.add("aimed");
  row.scrollIntoView({ block: "start" });
  (part ?? row.firstElementChild).focus({ preventScroll: true });
  if (part) part.scrollIntoView({ block: part.offsetHeight > innerHeight / 2 ? "start" : "center" });
}

/** Move the focus `step` rows on from the one that has it. */
function move(step) {
  const buttons = [...byId("list").querySelectorAll("button.open")];
  const here = document.activeElement?.closest?.(".row")?.firstElementChild;
  const next = here ? buttons.indexOf(here) + step : step > 0 ? 0 : -1;
  if (next >= buttons.length && view.drawn < view.shown.length) {
    drawMore();
    return move(step);
  }
  buttons[next]?.focus();
  buttons[next]?.scrollIntoView({ block: "nearest" });
}
