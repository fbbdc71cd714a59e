// What is shown lives in the address, behind the #: #case/<id>/<implementation>?verdict=fail&suite=…

const TROUBLE = ["bad", "soft", "known", "news"];
const WANTED = {
  trouble: { label: "failed, known or not", fits: (r) => TROUBLE.includes(r.kind) },
  failed: { label: "failed, not known", fits: (r) => r.kind === "bad" || r.kind === "soft" },
  known: { label: "failed as known", fits: (r) => r.kind === "known" },
  none: { label: "skipped or not run", fits: (r) => r.kind === "none" },
};

const distinct = (keysOf) => [...groupBy(cases, keysOf).keys()];

// name -> {label, options: [value, label], all: words for "any"}
const FIELDS = {
  target: { label: "Implementation", all: "all", options: targets.map((t) => [t.name, t.name]) },
  verdict: {
    label: "Verdict", all: "any",
    options: [...Object.entries(WANTED).map(([value, { label }]) => [value, label]),
      ...raw.verdicts.filter((v) => v !== "xfail").map((v) => [`=${v}`, v])],
  },
  level: { label: "Level", all: "any", options: ["must", "should", "may"].map((v) => [v, v]) },
  suite: { label: "Suite", all: "all", options: distinct((one) => [one.suite]).map((v) => [v, v]) },
  op: { label: "Op", all: "all", options: distinct((one) => [one.op]).map((v) => [v, v]) },
  form: { label: "Form", all: "all", options: distinct((one) => (one.form ? [one.form] : [])).map((v) => [v, v]) },
  clause: {
    label: "Clause", all: "all",
    options: distinct((one) => one.clauses).sort((a, b) => a.localeCompare(b, "en", { numeric: true })).map((v) => [v, v]),
  },
};

const inputs = {};

function drawFilters() {
  for (const [name, { label, all, options }] of Object.entries(FIELDS)) {
    const select = el("select", { name }, el("option", { value: "", text: all }),
      ...options.map(([value, text]) => el("option", { value, text })));
    inputs[name] = select;
    byId("filters").append(el("label", { text: label }, select));
  }
  inputs.q = byId("search");
}

/** The filters as the controls say; only those that are set. */
function filtersSet() {
  return Object.fromEntries(Object.entries(inputs).map(([name, input]) => [name, input.value]).filter(([, v]) => v));
}

/** Puts filters into the controls; a value that no option has is left out. */
function setFilters(filters) {
  for (const [name, input] of Object.entries(inputs)) {
    input.value = filters[name] ?? "";
    if (input.value !== (filters[name] ?? "")) input.value = "";
  }
}

/** The results of a case that fit the filters; an empty list means that the case is not shown. */
function matching(one, filters, words) {
  const { suite, op, form, clause, level, verdict, target } = filters;
  if ((suite && one.suite !== suite) || (op && one.op !== op) || (form && one.form !== form)) return [];
  if (clause && !one.clauses.includes(clause)) return [];
  if (words.length && !words.every((word) => haystack(one).includes(word))) return [];
  const fits = !verdict ? () => true
    : verdict in WANTED ? WANTED[verdict].fits : (r) => `=${r.verdict}` === verdict;
  return resultsOf(one, target).filter((r) => (!level || r.level === level) && fits(r));
}

const encoded = (text) => encodeURIComponent(text).replaceAll("%2F", "/");

/** The address of a view: {id, target, filters}, each optional. */
function toHash({ id, target, filters = {} }) {
  const place = id ? `case/${encoded(id)}${target ? `/${encodeURIComponent(target)}` : ""}` : "cases";
  const query = new URLSearchParams(Object.entries(filters).filter(([, value]) => value)).toString();
  return `#${place}${query ? `?${query}` : ""}`;
}

/** The view an address stands for; null where it is a plain anchor. */
function fromHash(hash) {
  const [place, query = ""] = hash.replace(/^#/, "").split(/\?(.*)/s);
  const filters = Object.fromEntries(new URLSearchParams(query));
  if (place === "cases") return query ? { filters } : null;
  if (!place.startsWith("case/")) return null;
  let path;
  try {
    path = place.slice("case/".length).split("/").map(decodeURIComponent);
  } catch {
    return null;
  }
  const found = (parts) => cases.find((one) => one.id === parts.join("/"));
  const whole = found(path);
  if (whole) return { one: whole, filters };
  const one = found(path.slice(0, -1));
  return one ? { one, target: path.at(-1), filters } : { missing: path.join("/"), filters };
}
