// The data as it stands in the file (see html_data.py), unfolded into targets, cases and results.

const raw = JSON.parse(byId("data").textContent);

// What each verdict looks like: the sign and the word say it without any colour. `kind` is also the CSS class.
const KINDS = {
  bad: { sign: "✗", word: "failed", told: "fails what the document demands" },
  soft: { sign: "△", word: "failed a policy", told: "fails only what a policy (should) or style (may) asks for" },
  known: { sign: "≈", word: "failed as known", told: "fails as its baseline says" },
  news: { sign: "!", word: "passed against its baseline", told: "passes where its baseline expects a failure" },
  none: { sign: "–", word: "not run", told: "skipped or not reached" },
  good: { sign: "✓", word: "passed", told: "passes" },
};
const ORDER = Object.keys(KINDS);

function kindOf(verdict, level) {
  if (verdict === "pass") return "good";
  if (verdict === "xfail") return "known";
  if (verdict === "xpass") return "news";
  if (verdict === "skip" || verdict === "not-run") return "none";
  return level === "must" ? "bad" : "soft";
}

const targets = raw.targets.map((target, index) => ({ ...target, index }));
const cases = raw.cases.map(([id, suite, op, form, level, clauses, comment, input], index) => ({
  index, id, suite, op, form, level, clauses, comment, input, results: [],
}));
const statements = new Map(Object.entries(raw.statements).map(([clause, [shownBy, told]]) => [clause, { shownBy, told }]));
const titleOf = (clause) => statements.get(clause)?.told ?? "";

// results[target][case] is null (not part of that run), a verdict's number, or [verdict, level, diagnosis, reason, theme].
raw.results.forEach((column, t) =>
  column.forEach((entry, c) => {
    if (entry === null) return;
    const [number, level, diagnosis, reason, theme] = Array.isArray(entry) ? entry : [entry, null, null, null, null];
    const verdict = raw.verdicts[number];
    const held = level ?? cases[c].level;
    cases[c].results[t] = {
      target: targets[t], verdict, level: held, kind: kindOf(verdict, held),
      diagnosis: diagnosis === null ? null : diagnosed(raw.diagnoses[diagnosis]),
      reason: reason === null ? null : raw.texts[reason], theme: theme === null ? null : raw.texts[theme],
    };
  }),
);

function diagnosed([stage, sentence, expected, actual]) {
  return { stage: raw.texts[stage], sentence: raw.texts[sentence], expected, actual };
}

/** The results of a case, of one target or of all. */
function resultsOf(one, targetName) {
  return one.results.filter((result) => result && (!targetName || result.target.name === targetName));
}

/** What a search looks through. */
function haystack(one) {
  one.words ??= [
    one.id, one.suite, one.comment, one.clauses.join(" "), one.clauses.map(titleOf).join(" "),
    ...resultsOf(one).flatMap((r) => [r.verdict, r.diagnosis?.stage, r.diagnosis?.sentence, r.reason]),
  ].join("\n").toLowerCase();
  return one.words;
}

/** How many of these cases are of which kind for a target; `owed` are the known failures of level must. */
function tally(some, target) {
  const counts = Object.fromEntries(ORDER.map((kind) => [kind, 0]));
  let [of, owed] = [0, 0];
  for (const one of some) {
    const result = one.results[target.index];
    if (!result) continue;
    counts[result.kind] += 1;
    of += 1;
    if (result.kind === "known" && result.level === "must") owed += 1;
  }
  return { counts, of, owed, worst: ORDER.find((kind) => counts[kind]) ?? "none" };
}

/** Cases by what `keysOf` says of them, in order of first appearance. */
function groupBy(some, keysOf) {
  const groups = new Map();
  for (const one of some)
    for (const key of keysOf(one)) {
      if (!groups.has(key)) groups.set(key, []);
      groups.get(key).push(one);
    }
  return groups;
}
