const MANY = targets.length > 8; // then cells tell less, so that more columns are seen

// A table of implementations (columns) by suites or statements (rows); each cell leads to its cases.

/** `rows` is a list of {head, cases, filters}; head is a node. */
function matrixTable(rows, corner, { totals }) {
  const head = el("tr", null, el("th", { scope: "col", text: corner }),
    ...targets.map((target) => el("th", { scope: "col" }, targetHead(target, totals))));
  const body = el("tbody");
  for (const { head: label, cases: some, filters } of rows) {
    const number = MANY ? el("span", { class: "of", text: some.length }) : null;
    body.append(el("tr", null, el("th", { scope: "row" }, el("span", { class: "rowhead" }, label, number)),
      ...targets.map((target) => el("td", null, cell(some, target, filters)))));
  }
  const table = el("table", { class: MANY ? "matrix many" : "matrix" }, el("thead", null, head), body);
  if (totals) table.append(el("tfoot", null, el("tr", null, el("th", { scope: "row", text: "all" }),
    ...targets.map((target) => el("td", null, cell(cases, target, {}))))));
  return table;
}

function targetHead(target, withResult) {
  const result = resultOf(target);
  return el("a", { href: `#run-${target.index}`, class: "target", title: `${target.title}: ${result}` }, target.name,
    withResult ? el("span", { class: `result ${resultKind(target)}`, text: MANY ? shortened(result) : result }) : null);
}

/** "≈ 362 known, 5 must" for "≈ conformant but for ...": the sign tells it, and the title tells it whole. */
const shortened = (result) => result.replace("conformant but for ", "").replace(" but for", ",");

/** Known failures make no run fail, but they are none the less failures: a result that leans on them says so. */
const resultKind = (target) =>
  target.result === "not conformant" ? "bad" : target.result === "partial" ? "none" : target.counts.xfail ? "known" : "good";

function resultOf(target) {
  const { counts, owed } = tally(cases, target);
  const must = owed ? `, ${owed} must` : "";
  const known = target.result === "not conformant" || !counts.known ? "" : ` but for ${counts.known} known${must}`;
  return `${KINDS[resultKind(target)].sign}\u00a0${target.result}${known}`;
}

function cell(some, target, filters) {
  const { counts, of, owed, worst } = tally(some, target);
  if (!of) return el("span", { class: "cell empty", text: "·", title: "no such case ran" });
  const must = owed ? ` (${owed} of them must)` : "";
  const told = ORDER.filter((kind) => counts[kind])
    .map((kind) => `${counts[kind]} ${KINDS[kind].word}${kind === "known" ? must : ""}`).join(", ");
  const shown = ORDER.filter((kind) => counts[kind] && kind !== "good").slice(0, 2);
  const parts = (shown.length ? shown : ["good"]).map((kind) =>
    el("span", { class: kind, text: `${KINDS[kind].sign} ${counts[kind]}` }));
  if (owed) parts.push(el("span", { class: "bad", text: `${owed} must` }));
  const wanted = { ...filters, target: target.name, verdict: TROUBLE.includes(worst) ? "trouble" : worst === "none" ? "none" : "" };
  return el("a", {
    class: `cell ${worst}`, href: toHash({ filters: wanted }), title: `${told}, of ${of}`,
    "aria-label": `${target.name}: ${told}, of ${of}`,
  }, ...parts, shown.length && !MANY ? el("span", { class: "of", text: `of ${of}` }) : null);
}

function drawMatrix() {
  const rows = [...groupBy(cases, (one) => [one.suite])].map(([suite, some]) => ({
    head: el("span", { text: suite }), cases: some, filters: { suite },
  }));
  if (MANY) byId("matrix-hint").append(` The table of ${targets.length} implementations moves sideways.`);
  byId("matrix-table").append(matrixTable(rows, "suite", { totals: true }));
  byId("legend").append(...ORDER.map((kind) =>
    el("li", null, el("span", { class: `chip ${kind}`, text: KINDS[kind].sign }), ` ${KINDS[kind].told}`)));
}

function drawStatements() {
  const cited = groupBy(cases.filter((one) => resultsOf(one).some((r) => r.kind !== "none")), (one) => one.clauses);
  const order = (clause) => {
    const parts = /^([SP])(\d+)$/.exec(clause);
    return parts ? [parts[1] === "S" ? 0 : 1, Number(parts[2]), ""] : [2, 0, clause];
  };
  const compare = (a, b) => {
    const [x, y] = [order(a), order(b)];
    return x[0] - y[0] || x[1] - y[1] || x[2].localeCompare(y[2], "en", { numeric: true });
  };
  const rows = [...cited.keys()].sort(compare).map((clause) => ({
    head: el("span", { class: "clause" }, el("b", { text: clause }), ` ${titleOf(clause)}`),
    cases: cited.get(clause), filters: { clause },
  }));
  byId("statements-hint").textContent =
    `The cases that ran cite ${rows.length} statements (S), policies (P) and sections of standards.`;
  byId("statements-table").append(matrixTable(rows, "statement", { totals: false }));
  const uncited = [...statements.keys()].filter((clause) => !cited.has(clause)).sort(compare);
  const shownBy = (...ways) => uncited.filter((clause) => ways.includes(statements.get(clause).shownBy));
  byId("statements").append(
    ...uncitedList("that no case that ran cites, though one could", shownBy("vectors")),
    ...uncitedList("that only checks at the level of HTTP can show", shownBy("http")),
    ...uncitedList("that nothing put to an implementation can show", shownBy("neither")));
}

function uncitedList(told, clauses) {
  if (!clauses.length) return [];
  return [el("details", null, el("summary", { text: `${clauses.length} ${told}` }),
    el("ul", { class: "plain" }, ...clauses.map((clause) => el("li", null, el("b", { text: clause }), ` ${titleOf(clause)}`))))];
}
