// Two byte strings side by side: aligned where they agree, as text and as hex, the first difference marked.

const CONTEXT = 40; // equal characters shown on either side of a difference
const ROWS = 12; // lines of hex shown at first

function decode([text, start, length]) {
  return { bytes: Uint8Array.from(atob(text), (char) => char.charCodeAt(0)), start, length };
}

/** Pairs [expected, actual] of bytes in columns, null for a gap. */
function align(a, b) {
  let head = 0;
  while (head < a.length && head < b.length && a[head] === b[head]) head += 1;
  let tail = 0;
  while (tail < a.length - head && tail < b.length - head && a[a.length - 1 - tail] === b[b.length - 1 - tail]) tail += 1;
  const middle = (data) => data.subarray(head, data.length - tail);
  const pairs = [];
  for (let i = 0; i < head; i += 1) pairs.push([a[i], b[i]]);
  pairs.push(...(edits(middle(a), middle(b)) ?? columns(middle(a), middle(b))));
  for (let i = tail; i > 0; i -= 1) pairs.push([a[a.length - i], b[b.length - i]]);
  return pairs;
}

/** Within a run of differences, what one side has stands over what the other has in its place. */
function stacked(pairs) {
  return runsOf(pairs).flatMap(({ same, from, to }) => {
    const run = pairs.slice(from, to);
    return same ? run : columns(...[0, 1].map((side) => run.map((pair) => pair[side]).filter((byte) => byte !== null)));
  });
}

function columns(a, b) {
  return Array.from({ length: Math.max(a.length, b.length) }, (_, i) => [a[i] ?? null, b[i] ?? null]);
}

/** Myers' shortest edit script; null where the two have little in common, so that an alignment would say nothing. */
function edits(a, b) {
  const limit = Math.min(400, Math.floor((a.length + b.length) / 3));
  const trace = [];
  let reach = new Map([[1, 0]]);
  for (let d = 0; d <= limit; d += 1) {
    const next = new Map();
    for (let k = -d; k <= d; k += 2) {
      const down = k === -d || (k !== d && (reach.get(k - 1) ?? -1) < (reach.get(k + 1) ?? -1));
      let x = down ? reach.get(k + 1) ?? 0 : (reach.get(k - 1) ?? 0) + 1;
      while (x < a.length && x - k < b.length && a[x] === b[x - k]) x += 1;
      next.set(k, x);
      if (x >= a.length && x - k >= b.length) return stacked(walkBack(a, b, [...trace, reach], d, k));
    }
    trace.push(reach);
    reach = new Map([...reach, ...next]);
  }
  return null;
}

function walkBack(a, b, trace, depth, diagonal) {
  const pairs = [];
  let [x, y] = [a.length, b.length];
  for (let d = depth, k = diagonal; d >= 0; d -= 1) {
    const reach = trace[d];
    const down = k === -d || (k !== d && (reach.get(k - 1) ?? -1) < (reach.get(k + 1) ?? -1));
    const from = down ? k + 1 : k - 1;
    const fromX = d === 0 ? 0 : reach.get(from) ?? 0;
    const fromY = d === 0 ? 0 : fromX - from;
    while (x > fromX && y > fromY && a[x - 1] === b[y - 1]) pairs.push([a[--x], b[--y]]);
    if (d === 0) break;
    if (down) pairs.push([null, b[--y]]);
    else pairs.push([a[--x], null]);
    k = from;
  }
  return pairs.reverse();
}

const printable = (byte) => byte >= 0x20 && byte < 0x7f;
const hex = (byte) => byte.toString(16).padStart(2, "0");
const SHORT = { 9: "\\t", 10: "\\n", 13: "\\r" };
const spell = (byte) => (printable(byte) ? String.fromCharCode(byte) : SHORT[byte] ?? `\\x${hex(byte)}`);
const isText = (bytes) => bytes.filter((b) => printable(b) || b in SHORT).length * 10 >= bytes.length * 7;

/** Runs of equal and different columns: {same, from, to}. */
function runsOf(pairs) {
  const runs = [];
  pairs.forEach(([a, b], i) => {
    const same = a === b;
    if (runs.at(-1)?.same !== same) runs.push({ same, from: i, to: i });
    runs.at(-1).to = i + 1;
  });
  return runs;
}

/** The diff of a diagnosis, or null where it has no bytes. */
function byteDiff({ expected, actual }) {
  if (!expected && !actual) return null;
  const [left, right] = [expected, actual].map((side) => side && decode(side));
  if (!left || !right) return oneSide(left ? "expected" : "actual", left ?? right);
  const pairs = align(left.bytes, right.bytes);
  const first = pairs.findIndex(([a, b]) => a !== b);
  if (first < 0) return null;
  const at = left.start + first;
  const sizes = left.length === right.length ? `${left.length} bytes each`
    : `expected ${plural(left.length, "byte")}, got ${right.length}`;
  const told = `First difference at byte ${at}; ${sizes}.`;
  const cut = left.start || left.start + left.bytes.length < left.length || right.start + right.bytes.length < right.length;
  return el("figure", { class: "diff" },
    el("figcaption", { text: told + " − expected, + actual." + (cut ? " Only the bytes around it are in this file." : "") }),
    isText(left.bytes) && isText(right.bytes) ? textDiff(pairs) : null, hexDiff(pairs, left.start, first));
}

function oneSide(label, { bytes, length, start }) {
  const pairs = Array.from(bytes, (byte) => [byte, byte]);
  const view = isText(bytes)
    ? el("pre", { class: "text" }, el("b", { text: `${label} ` }), Array.from(bytes, spell).join(""))
    : hexDiff(pairs, start, -1);
  return el("figure", { class: "diff" }, el("figcaption", { text: `${label}: ${plural(length, "byte")}` }), view);
}

function textDiff(pairs) {
  const runs = runsOf(pairs);
  const line = (side, label) => {
    const row = el("div", { class: "line" }, el("b", { text: label }));
    const content = el("code");
    runs.forEach(({ same, from, to }, i) => {
      const bytes = pairs.slice(from, to).map((pair) => pair[side]).filter((byte) => byte !== null);
      if (!same) return content.append(el("mark", { class: label, text: bytes.map(spell).join("") || "\u2205" }));
      const before = i ? bytes.slice(0, CONTEXT) : [];
      const after = i < runs.length - 1 ? bytes.slice(-CONTEXT) : [];
      const whole = bytes.length <= CONTEXT * 2;
      content.append(whole ? bytes.map(spell).join("")
        : `${before.map(spell).join("")} … ${after.map(spell).join("")}`);
    });
    row.append(content);
    return row;
  };
  return el("div", { class: "text" }, line(0, "expected"), line(1, "actual"));
}

function hexDiff(pairs, start, first) {
  const width = innerWidth < 420 ? 6 : innerWidth < 700 ? 8 : 16;
  const rows = [];
  const offsets = [start, start];
  for (let i = 0; i < pairs.length; i += width) {
    const row = { at: i, offsets: [...offsets], pairs: pairs.slice(i, i + width) };
    for (const pair of row.pairs) pair.forEach((byte, side) => (offsets[side] += byte === null ? 0 : 1));
    rows.push(row);
  }
  const differs = rows.map((row) => row.pairs.some(([a, b]) => a !== b));
  const near = rows.map((_, i) => first < 0 || differs[i] || differs[i - 1] || differs[i + 1]);
  const box = el("pre", { class: "hex" });
  const draw = (limit) => {
    box.replaceChildren();
    let [drawn, gap] = [0, false];
    rows.forEach((row, i) => {
      if (!near[i] || drawn === limit) { gap = true; return; }
      if (gap) box.append(el("span", { class: "gap", text: "⋯\n" }));
      [drawn, gap] = [drawn + 1, false];
      box.append(hexLine(row, 0, "−", first, width));
      if (differs[i]) box.append(hexLine(row, 1, "+", first, width));
    });
    if (gap) box.append(el("span", { class: "gap", text: "⋯\n" }));
  };
  draw(ROWS);
  const total = near.filter(Boolean).length;
  if (total <= ROWS) return box;
  const all = el("button", { type: "button", class: "quiet", text: `all ${total} lines` });
  all.addEventListener("click", () => { draw(Infinity); all.remove(); });
  return el("div", null, box, all);
}

function hexLine({ at, offsets, pairs }, side, label, first, width) {
  const offset = offsets[side].toString(16).padStart(4, "0");
  const line = el("span", { class: "hexline" }, el("i", { text: `${offset} ${label} ` }));
  const text = [];
  pairs.forEach((pair, i) => {
    const byte = pair[side];
    const word = byte === null ? "--" : hex(byte);
    const char = byte === null ? " " : printable(byte) ? String.fromCharCode(byte) : "·";
    const kind = pair[0] === pair[1] ? null : `${side ? "actual" : "expected"}${at + i === first ? " first" : ""}`;
    line.append(kind ? el("mark", { class: kind, text: word }) : word, " ");
    text.push(kind ? el("mark", { class: kind, text: char }) : char);
  });
  line.append("   ".repeat(width - pairs.length), " ", ...text, "\n");
  return line;
}
