// Failures put together: what is wrong in the same way is one finding, whoever and whichever case shows it.

const FIRST = 12; // findings shown at first
const LEVELS = ["must", "should", "may"];

function findings() {
  const found = new Map();
  for (const one of cases)
    for (const result of resultsOf(one).filter(WANTED.trouble.fits)) {
      if (result.kind === "news") continue;
      const told = `${result.level}: ${result.theme}`;
      if (!found.has(told)) found.set(told, { told, level: LEVELS.indexOf(result.level), cases: new Set(), hits: new Map() });
      const finding = found.get(told);
      finding.cases.add(one);
      const place = `${result.kind} ${result.target.index}`;
      if (!finding.hits.has(place)) finding.hits.set(place, { first: one, result, count: 0 });
      finding.hits.get(place).count += 1;
    }
  const worst = ({ hits }) => Math.min(...[...hits.values()].map(({ result }) => ORDER.indexOf(result.kind)));
  return [...found.values()].sort((a, b) =>
    worst(a) - worst(b) || a.level - b.level || b.cases.size - a.cases.size || (a.told < b.told ? -1 : 1));
}

function drawFindings() {
  const all = findings();
  const list = byId("finding-list");
  const draw = (some) => list.append(...some.map(findingRow));
  draw(all.slice(0, FIRST));
  byId("findings").hidden = !all.length;
  byId("findings-hint").textContent = `What is wrong in the same way is one finding, whoever shows it: ${plural(all.length, "finding")}. A name opens its first case.`;
  const rest = all.slice(FIRST);
  byId("more-findings").hidden = !rest.length;
  byId("more-findings").textContent = `Show all ${all.length} findings`;
  byId("more-findings").addEventListener("click", () => { draw(rest.splice(0)); byId("more-findings").hidden = true; });
}

function findingRow({ told, cases: some, hits }) {
  const sorted = [...hits.values()].sort((a, b) => ORDER.indexOf(a.result.kind) - ORDER.indexOf(b.result.kind));
  const links = sorted.map(({ first, result, count }) => el("a", {
    class: `chip ${result.kind}`, href: toHash({ id: first.id, target: result.target.name }),
    text: `${KINDS[result.kind].sign} ${result.target.name} ${count}`,
    "aria-label": `${result.target.name}: ${plural(count, "case")} ${KINDS[result.kind].word}; open the first`,
  }));
  return el("li", { class: `finding ${sorted[0].result.kind}` }, el("p", { text: told }),
    el("p", { class: "chips" }, el("span", { class: "level", text: plural(some.size, "case") }), ...links));
}
