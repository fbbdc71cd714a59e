// Failures put together: what fails at the same stage with the same sentence is one finding, whoever fails it.

const FIRST = 12; // findings shown at first

/** What makes two failures one finding: no number in the sentence (an offset, a length), nor what the case is about. */
function findingOf(one, { level, verdict, diagnosis }) {
  if (!diagnosis) return { told: `${verdict}, and no more is known`, rule: one.op };
  const bare = diagnosis.sentence.replaceAll(one.comment, "…");
  const stage = diagnosis.stage === "answer" ? "" : `${diagnosis.stage}: `;
  const about = bare === diagnosis.sentence ? "" : ` (${one.op}, ${one.clauses[0] ?? "no clause"})`;
  return { told: `${level}: ${stage}${bare}${about}`, rule: bare.replace(/\d+/g, "#") + level + stage + about };
}

function findings() {
  const found = new Map();
  for (const one of cases)
    for (const result of resultsOf(one).filter(WANTED.trouble.fits)) {
      if (result.kind === "news") continue;
      const { told, rule } = findingOf(one, result);
      if (!found.has(rule)) found.set(rule, { told, cases: new Set(), hits: new Map() });
      const finding = found.get(rule);
      finding.cases.add(one);
      const place = `${result.kind} ${result.target.index}`;
      if (!finding.hits.has(place)) finding.hits.set(place, { first: one, result, count: 0 });
      finding.hits.get(place).count += 1;
    }
  const worst = ({ hits }) => Math.min(...[...hits.values()].map(({ result }) => ORDER.indexOf(result.kind)));
  return [...found.values()].sort((a, b) =>
    worst(a) - worst(b) || b.cases.size - a.cases.size || (a.told < b.told ? -1 : 1));
}

function drawFindings() {
  const all = findings();
  const list = byId("finding-list");
  const draw = (some) => list.append(...some.map(findingRow));
  draw(all.slice(0, FIRST));
  byId("findings").hidden = !all.length;
  byId("findings-hint").textContent = `Failures at the same stage with the same sentence are one finding: ${plural(all.length, "finding")}.`;
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
