// Puts the page together: header, runs, theme, address, keyboard, paper.

function drawHeader() {
  const same = (values) => new Set(values).size === 1;
  const [first] = targets;
  const conformant = targets.filter((t) => t.result === "conformant");
  const known = conformant.filter((t) => t.counts.xfail).length;
  byId("title").textContent = targets.length === 1 ? `${first.name}: ${resultOf(first).slice(2)}`
    : `${conformant.length} of ${plural(targets.length, "implementation")} conformant`
      + (known ? `, ${known} of them but for known failures` : "");
  document.title = `${byId("title").textContent} - signkit`;
  const dates = targets.map((t) => t.started).sort();
  const facts = [
    targets.length === 1 ? first.title : null,
    plural(cases.length, "case"),
    same(targets.map((t) => t.corpus.digest)) ? `corpus ${first.corpus.digest.slice(0, 12)}` : "several corpora",
    same(targets.map((t) => t.profile)) ? `profile ${first.profile}` : "several profiles",
    same(targets.map((t) => t.kit)) ? `signkit ${first.kit}` : "several versions of signkit",
    `${dates[0].slice(0, 16).replace("T", " ")} UTC`,
  ];
  byId("facts").textContent = facts.filter(Boolean).join(" · ");
  byId("colophon").textContent = `Made by signkit ${raw.kit}. One file; it asks the network for nothing.`;
}

function drawRuns() {
  byId("run-list").append(...targets.map((target) => {
    const kind = resultKind(target);
    const counts = Object.entries(target.counts).map(([verdict, count]) => `${count} ${verdict}`).join(", ");
    const rows = [
      ["implementation", target.title], ["target", target.spec], ["cases", `${counts || "none"}; ${target.corpus.cases} of ${target.corpus.of} chosen`],
      ["corpus", target.corpus.digest], ["began", target.started], ["ended", `${target.finished} (${target.end})`],
      ["profile", target.profile + (target.complete ? ", complete" : "")], ["chosen by", target.selection], ["problem", target.problem],
    ].filter(([, value]) => value);
    const notes = target.notes.map(([label, sentence]) => el("li", null, el("b", { text: `${label}: ` }), sentence));
    return el("article", { id: `run-${target.index}`, class: "run", tabindex: "-1" },
      el("h3", null, target.name, " ", el("span", { class: `chip ${kind}`, text: resultOf(target) })),
      el("dl", { class: "facts" }, ...rows.flatMap(([name, value]) => [el("dt", { text: name }), el("dd", { text: value })])),
      notes.length ? el("ul", { class: "plain" }, ...notes) : null,
      target.stderr ? el("details", null, el("summary", { text: "standard error" }), el("pre", { text: target.stderr })) : null);
  }));
}

const THEMES = { auto: "◐ auto", light: "☀ light", dark: "☾ dark" };

function setTheme(theme) {
  document.documentElement.dataset.theme = theme;
  byId("theme").textContent = THEMES[theme];
  byId("theme").setAttribute("aria-label", `colours: ${theme}; change`);
  try { localStorage.setItem("signkit-theme", theme); } catch { /* a file may be denied storage */ }
}

function watchTheme() {
  let kept = null;
  try { kept = localStorage.getItem("signkit-theme"); } catch { /* as above */ }
  setTheme(kept in THEMES ? kept : "auto");
  byId("theme").addEventListener("click", () => {
    const names = Object.keys(THEMES);
    setTheme(names[(names.indexOf(document.documentElement.dataset.theme) + 1) % names.length]);
  });
}

/** Write the view into the address without a new step in the history. */
function replaceAddress(hash) {
  history.replaceState(null, "", hash);
}

/** What is shown at first: what is wrong, if anything is. */
function startFilters() {
  return cases.some((one) => resultsOf(one).some(WANTED.trouble.fits)) ? { verdict: "trouble" } : {};
}

function followAddress() {
  const wanted = fromHash(location.hash);
  if (!wanted) return;
  if (wanted.missing) {
    byId("count").textContent = `There is no case ${wanted.missing} in this report.`;
    return byId("cases").scrollIntoView();
  }
  const set = Object.keys(wanted.filters).length;
  setFilters(wanted.one && !set ? startFilters() : wanted.filters);
  refresh();
  if (wanted.one) reveal(wanted.one, wanted.target);
  else {
    byId("cases").scrollIntoView();
    byId("cases").focus({ preventScroll: true });
  }
}

function watchKeys(event) {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const { target, key } = event;
  const typing = target.matches("input, select, textarea");
  if (key === "Escape") return escape(target);
  if (typing) return;
  const inRow = target.closest(".row");
  if (key === "/") byId("search").focus();
  else if (key === "j" || (key === "ArrowDown" && inRow)) move(1);
  else if (key === "k" || (key === "ArrowUp" && inRow)) move(-1);
  else return;
  event.preventDefault();
}

function escape(target) {
  if (target === byId("search")) {
    target.value = "";
    changed();
    return target.blur();
  }
  const row = target.closest(".row") ?? byId("list").querySelector(".row:has(.detail)");
  const entry = [...view.rows].find(([, node]) => node === row);
  if (!entry) return;
  close(entry[0]);
  row.firstElementChild.focus();
}

function changed() {
  refresh();
  replaceAddress(toHash({ filters: filtersSet() }));
}

const PAPER = { rows: 200, opened: 30 };

/** On paper: all findings, and the rows that fit the filters; opened, where they are few. */
function watchPrinting() {
  let opened = [];
  addEventListener("beforeprint", () => {
    byId("more-findings").click();
    if (view.drawn < PAPER.rows) drawMore(PAPER.rows);
    const left = view.shown.length - view.drawn;
    byId("paper-note").textContent = left ? `and ${plural(left, "case")} more, in the file this was printed from.` : "";
    opened = view.shown.length > PAPER.opened ? []
      : view.shown.filter(({ one, hits }) => worstOf(hits) !== "good" && !view.rows.get(one).querySelector(".detail"));
    opened.forEach(({ one }) => open(one, null, { address: false }));
  });
  addEventListener("afterprint", () => {
    opened.forEach(({ one }) => view.rows.get(one)?.querySelector(".detail")?.remove());
    opened.forEach(({ one }) => view.rows.get(one)?.firstElementChild.setAttribute("aria-expanded", "false"));
  });
}

watchTheme();
drawHeader();
drawMatrix();
drawFindings();
drawStatements();
drawRuns();
drawFilters();
setFilters(startFilters());
refresh();
byId("filters").addEventListener("input", changed);
byId("filters").addEventListener("submit", (event) => event.preventDefault());
byId("clear").addEventListener("click", () => { setFilters({}); changed(); });
byId("more").addEventListener("click", () => drawMore());
new IntersectionObserver((seen) => seen.some((s) => s.isIntersecting) && drawMore(), { rootMargin: "600px" }).observe(byId("more"));
addEventListener("hashchange", followAddress);
addEventListener("keydown", watchKeys);
watchPrinting();
followAddress();
document.documentElement.dataset.ready = "yes";
