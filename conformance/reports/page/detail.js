// One case in full: what it is about, what went in, and how each implementation did.

function caseDetail(one) {
  const results = resultsOf(one);
  const failed = results.filter((r) => r.kind !== "good");
  const good = results.filter((r) => r.kind === "good");
  return el("div", { class: "detail" },
    el("p", { class: "about", text: one.comment }),
    el("dl", { class: "facts" }, ...facts(one)),
    one.input ? inputTable(one.input) : null,
    ...ORDER.flatMap((kind) => failed.filter((r) => r.kind === kind)).map((result) => outcome(one, result)),
    good.length ? passed(one, good) : null);
}

function facts(one) {
  const rows = [["level", one.level], ["op", one.form ? `${one.op}, form ${one.form}` : one.op], ["suite", one.suite]];
  const nodes = rows.flatMap(([name, value]) => [el("dt", { text: name }), el("dd", { text: value })]);
  const clauses = one.clauses.map((clause) => el("a", {
    class: "clause", href: toHash({ filters: { clause } }), text: clause, title: titleOf(clause) || clause,
  }));
  return [...nodes, el("dt", { text: "rests on" }), el("dd", null, ...clauses.flatMap((link) => [link, " "]))];
}

function inputTable(input) {
  return el("div", { class: "input" }, el("h4", { text: "Input" }), el("dl", { class: "fields" },
    ...Object.entries(input).flatMap(([name, value]) => [el("dt", { text: name }), el("dd", null, el("code", { text: value || "(empty)" }))])));
}

function outcome(one, { target, verdict, level, kind, diagnosis, reason }) {
  const link = toHash({ id: one.id, target: target.name });
  return el("section", {
    class: `outcome ${kind}`, "data-target": target.name, tabindex: "-1", "aria-label": `${target.name}: ${verdict}`,
  },
    el("h4", null, el("span", { class: `chip ${kind}`, text: `${KINDS[kind].sign} ${verdict}` }), ` ${target.name} `,
      level === one.level ? null : el("span", { class: "level", text: `(missed at level ${level}) ` }),
      el("a", { class: "link", href: link, text: "link", "aria-label": `link to this result of ${target.name}` })),
    diagnosis ? sentence(diagnosis) : null,
    reason ? el("p", { class: "reason" }, el("b", { text: "Known: " }), reason) : null,
    diagnosis ? byteDiff(diagnosis) : null,
    kind === "none" ? null : replay(one, target));
}

function sentence({ stage, sentence: told }) {
  const lead = stage === "answer" ? null : el("span", { class: "stage", text: `${stage}: ` });
  return el("p", { class: "sentence" }, lead, told);
}

function replay(one, target) {
  const words = `signkit replay ${shellWord(one.id)} ${shellQuoted(target.spec)}`
    + target.vectors.map((path) => ` --vectors ${shellWord(path)}`).join("");
  const code = el("code", { text: words });
  return el("div", { class: "replay" }, code, copyButton(words, code, "the command that replays it"));
}

const shellQuoted = (text) => `'${text.replaceAll("'", `'"'"'`)}'`;
const shellWord = (text) => (/^[\w@%+=:,./-]+$/.test(text) ? text : shellQuoted(text));

function passed(one, good) {
  const names = good.flatMap(({ target, reason }, i) => [i ? ", " : " ", el("a", {
    class: "outcome", href: toHash({ id: one.id, target: target.name }), text: target.name, "data-target": target.name,
  }), reason ? ` (${reason})` : ""]);
  return el("p", { class: "passed" }, el("span", { class: "chip good", text: `${KINDS.good.sign} passed` }), ...names);
}
