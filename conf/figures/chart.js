// Drawings, as text. All coordinates are whole numbers: a chart is 3600 wide and 3000 high, a tenth of a pixel each.
const LEFT = 460,
  TOP = 220,
  WIDE = 3020,
  HIGH = 2420;
const text = (x, y, words, anchor) =>
  `<text x="${x}" y="${y}" text-anchor="${anchor}">${words}</text>`;

// A number for readers, to three digits.
function num(value) {
  const [factor, power] = value.toExponential(2).split("e");
  const words =
    power > -4 && power < 5
      ? +value.toPrecision(3)
      : `${+factor}·10${raised(+power)}`.replace(/^1·/, "");
  return `${words}`.replace("-", "−");
}
const raised = (power) => `${power}`.replace(/./g, (c) => "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"["-0123456789".indexOf(c)]);

// Round numbers from low to high, about five of them.
function ticks(low, high) {
  const raw = (high - low) / 5,
    unit = 10 ** floor(log10(raw));
  const step = [1, 2, 5, 10].find((times) => times * unit >= raw * 0.999) * unit;
  const first = ceil(low / step - 1e-9);
  return range(floor(high / step + 1e-9) - first + 1).map(
    (i) => +((first + i) * step).toPrecision(9),
  );
}

// From numbers to coordinates; what is far outside stays a small number.
const scale = (low, high, from, to) => (value) =>
  round(from + max(-9, min(9, (value - low) / (high - low))) * (to - from));

// Two axes with marks at round values, a name for one and a title for the other.
function axes(across, x, up, y, name, title, words = num) {
  const lines = [`M${LEFT} ${TOP}v${HIGH}h${WIDE}`];
  const labels = [text(LEFT + WIDE, 2960, name, "end"), text(LEFT - 380, 130, title, "start")];
  const mark = (left, top, line, words, dx, dy, anchor) => {
    lines.push(`M${left} ${top}${line}`);
    labels.push(text(left + dx, top + dy, words, anchor));
  };
  for (const v of across) mark(LEFT + x(v), TOP + HIGH, "v50", num(v), 0, 190, "middle");
  for (const v of up) mark(LEFT, TOP + y(v), "h-50", words(v), -80, 45, "end");
  return `<g class="axes"><path d="${lines.join("")}"/>${labels.join("")}</g>`;
}

// The part of the plane that a map shows: equal scales, so that downhill is at right angles to the level lines.
function view({ window: [left, right, bottom, top] }) {
  const size = max((right - left) / WIDE, (top - bottom) / HIGH) / 2;
  const x = (left + right) / 2,
    y = (bottom + top) / 2;
  const [low, high, down, up] = [
    x - WIDE * size,
    x + WIDE * size,
    y - HIGH * size,
    y + HIGH * size,
  ];
  return { low, high, down, up, x: scale(low, high, 0, WIDE), y: scale(down, up, HIGH, 0) };
}

const COLUMNS = 88,
  ROWS = 72,
  FAR = 1e300;

// Heights at the corners of a grid, in a ring of very high ground outside the window: so that all level lines close.
function heights(f, { low, high, down, up }) {
  const at = (i, n, a, b) => a + ((i - 1) / (n - 2)) * (b - a);
  return range((COLUMNS + 1) * (ROWS + 1)).map((k) => {
    const i = k % (COLUMNS + 1),
      j = floor(k / (COLUMNS + 1));
    if (i % COLUMNS === 0 || j % ROWS === 0) return FAR;
    return f([at(i, COLUMNS, low, high), at(j, ROWS, up, down)]);
  });
}

// Where the level lines cross the cells: from each edge to the next, with low ground on one side.
function crossings(z, level) {
  const next = new Map(),
    w = COLUMNS + 1;
  for (let j = 0; j < ROWS; j++) {
    for (let i = 0; i < COLUMNS; i++) {
      const a = j * w + i,
        corners = [a, a + 1, a + w + 1, a + w];
      const isLow = (k) => z[corners[k % 4]] < level;
      const edge = (k) => [2 * a, 2 * (a + 1) + 1, 2 * (a + w), 2 * a + 1][k % 4];
      for (let k = 0; k < 4; k++) {
        if (!isLow(k) || isLow(k + 1)) continue;
        let m = k + 1;
        while (!isLow(m + 1)) m++;
        next.set(edge(k), edge(m));
      }
    }
  }
  return next;
}

// One level line as a path of relative steps.
function contour(z, level) {
  const next = crossings(z, level),
    w = COLUMNS + 1;
  const place = (edge) => {
    const a = edge >> 1,
      b = a + (edge & 1 ? w : 1),
      share = (level - z[a]) / (z[b] - z[a]);
    const i = (a % w) + (edge & 1 ? 0 : share),
      j = floor(a / w) + (edge & 1 ? share : 0);
    return [round(((i - 1) / (COLUMNS - 2)) * WIDE), round(((j - 1) / (ROWS - 2)) * HIGH)];
  };
  let path = "";
  for (const first of next.keys()) {
    let edge = first,
      [x, y] = place(edge);
    path += `M${x} ${y}l`;
    do {
      const after = next.get(edge),
        [u, v] = place(after);
      path += `${u - x} ${v - y} `;
      next.delete(edge);
      [edge, x, y] = [after, u, v];
    } while (edge !== first);
    path += "z";
  }
  return path.replace(/ (?=-|z)/g, "");
}

const STAR = "m0-90 21 62 65 0-53 40 20 63-53-39-53 39 20-63-53-40 65 0z";

// The ground of a map: level lines at quantiles of the height, deeper shade for deeper ground, a star on each minimum.
const grounds = {};
function ground(problem, names) {
  const key = JSON.stringify([problem.name, problem.given]);
  return (grounds[key] ??= drawn(problem, view(problem), names));
}
function drawn(problem, seen, names) {
  const z = heights(problem.f, seen),
    sorted = z.filter((height) => height < FAR).sort((a, b) => a - b);
  const levels = range(11).map((k) => sorted[floor((0.012 + 0.092 * k) * sorted.length)]);
  let lines = [...new Set(levels)].map((level) => `<path d="${contour(z, level)}"/>`);
  if (`${lines}`.length > 4e4) lines = lines.filter((_, k) => k % 3 === 1); // where hills are many, lines are soon too many
  const stars = problem.minima.map(
    ([x, y]) => `<path class="star" d="M${seen.x(x)} ${seen.y(y)}${STAR}"/>`,
  );
  const axis = axes(
    ticks(seen.low, seen.high),
    seen.x,
    ticks(seen.down, seen.up),
    seen.y,
    ...names,
  );
  return inside(`<g class="levels">${lines.join("")}</g>${stars.join("")}`) + axis;
}
const inside = (content) =>
  `<svg x="${LEFT}" y="${TOP}" width="${WIDE}" height="${HIGH}">${content}</svg>`;

// Lines and arrows in the style of a racer.
const ink = (look) => LOOKS[look % LOOKS.length][0];
const dash = (look) => LOOKS[(look + floor(look / LOOKS.length)) % LOOKS.length][1];
const pen = (look) => `stroke="${ink(look)}" stroke-dasharray="${dash(look)}"`;
const stroke = (spots, look, more = "") =>
  spots.length > 1 ? `<path d="M${spots.join("L")}" ${pen(look)}${more}/>` : "";

function arrow([x, y], [dx, dy], kind, colour) {
  const long = hypot(dx, dy);
  if (!(long > 1e-9 && long < FAR)) return "";
  const size = max(260, min(900, long)),
    head = 110 / size,
    c = (dx * size) / long,
    s = (dy * size) / long;
  const at = (f, g) => `${round(x + f * c - g * s)} ${round(y + f * s + g * c)}`;
  const path = `M${x} ${y}L${at(1, 0)}M${at(1 - head, head * 0.6)}L${at(1, 0)}L${at(1 - head, -head * 0.6)}`;
  return `<path class="${kind}" stroke="${colour}" d="${path}"/>`;
}
