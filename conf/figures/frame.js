// One frame of a figure: the text of each of its parts, from its state alone. The build and the browser share it.

// A scene: all that does not depend on the cursor. Runs, and their places on the map and the chart.
function stage(spec, state) {
  const scene = KINDS[spec.kind].scene(spec, state),
    { problem, runs } = scene;
  const seen = view(problem),
    least = problem.f(problem.minima[0]),
    [flat, steep] = curvature(problem);
  for (const run of runs) {
    run.onMap = run.points.map(([x, y]) => `${seen.x(x)} ${seen.y(y)}`);
    const { limit, critical, hyper } = run.rule || {},
      facts = { ...hyper, ...run.given };
    run.limit = limit?.({ ...facts, curvature: steep });
    run.critical = facts.lr * flat <= 1 && critical?.({ ...facts, curvature: flat });
  }
  const near = "condition" in (problem.given || {}) ? "" : "near the minimum ";
  return {
    ...scene,
    seen,
    least,
    flat,
    steep,
    near,
    ...fitted(scene, least),
    curve: KINDS[spec.kind].curved?.(runs, state),
  };
}

// The losses of all runs on one chart with a log axis.
function fitted({ runs, last, along }, least) {
  const drop = (height) => log10(max(height - least, 1e-16));
  let high = -16,
    low = 16;
  for (const height of runs.flatMap((run) => run.heights)) {
    high = max(high, drop(height));
    low = min(low, drop(height));
  }
  high = ceil(min(high, runs.length && drop(runs[0].heights[0]) + 4));
  low = min(max(floor(low), high - 17), high - 2);
  const x = scale(0, last, 0, WIDE),
    y = scale(low, high, HIGH, 0);
  for (const run of runs)
    run.onChart = run.heights.map((height, i) => `${x(i * run.each)} ${y(drop(height))}`);
  const every = ceil((high - low) / 7);
  const powers = range(high - low + 1)
    .map((i) => low + i)
    .filter((power) => power % every === 0);
  return {
    x,
    chart: axes(
      ticks(0, last),
      x,
      powers,
      y,
      along,
      "Loss above the minimum",
      (v) => `10${raised(v)}`,
    ),
  };
}

// Where a racer is when the cursor is at t.
const at = (run, t) => min(floor(t / run.each), run.steps);

// A line up to the cursor, and faintly beyond it; a spot at the cursor.
function trace(run, spots, t) {
  const now = at(run, t),
    past = spots.slice(0, now + 1),
    [cx, cy] = spots[now].split(" ");
  return (
    stroke(spots.slice(now, run.steps + 1), run.look, ' opacity=".4"') +
    stroke(past, run.look) +
    (run.steps < 150
      ? `<path class="dots" d="M${past.join("h0M")}h0" stroke="${ink(run.look)}"/>`
      : "") +
    `<circle cx="${cx}" cy="${cy}" r="62" fill="${ink(run.look)}"/>`
  );
}

function paths({ problem, runs, seen }, { t }) {
  const per = WIDE / (seen.high - seen.low);
  const arrows = runs.map((run) => {
    const [[x, y], [u, v] = [x, y]] = run.points.slice(at(run, t)),
      [dx, dy] = problem.df([x, y]);
    const spot = [seen.x(x), seen.y(y)],
      step = arrow(spot, [(u - x) * per, (y - v) * per], "step", ink(run.look));
    return (runs.length > 3 ? "" : arrow(spot, [-dx * per, dy * per], "slope", "#24272b")) + step;
  });
  return inside([...runs.map((run) => trace(run, run.onMap, t)), ...arrows].join(""));
}

// A chart's lines, with the cursor at the same step as on the map.
const lines = (runs, spots, x, t) =>
  inside(
    `<path class="cursor" d="M${x(t)} 0v${HIGH}"/>${runs.map((run) => trace(run, run[spots], t)).join("")}`,
  );

const legend = ({ runs, least }, { t, rates }) =>
  runs
    .map(
      (run) =>
        `<li><svg viewBox="0 0 300 100" aria-hidden="true"><path d="M0 50h300" ${pen(run.look)}/></svg>${run.title}` +
        `${rates === "tuned" ? `, η = ${num(run.given.lr)}` : ""}: ${above(run, least, at(run, t))}</li>`,
    )
    .join("");

// The start on the map, and how far it may go.
const handle = ({ x, y, low, high, down, up }, state) => ({
  "start@transform": `translate(${LEFT + x(state.x)} ${TOP + y(state.y)})`,
  "start@aria-valuetext": `θ₁ = ${num(state.x)}, θ₂ = ${num(state.y)}`,
  "start@aria-valuenow": state.x,
  "x@min": low.toFixed(2),
  "x@max": high.toFixed(2),
  "y@min": down.toFixed(2),
  "y@max": up.toFixed(2),
});

function frame(spec, state, scene = stage(spec, state)) {
  const { problem, runs, seen, plan, last } = scene,
    { t } = state;
  return {
    ...Object.fromEntries(
      Object.entries(state).map(([name, value]) => [
        `out-${name}`,
        value.toFixed ? num(value) : "",
      ]),
    ),
    ...(plan
      ? { curve: scene.curve + lines(runs, "onCurve", scale(0, last, 0, WIDE), t) }
      : { ground: ground(problem, spec.axes), paths: paths(scene, state), ...handle(seen, state) }),
    ...KINDS[spec.kind].marks?.(spec, scene, state),
    chart: scene.chart + lines(runs, "onChart", scene.x, t),
    legend: legend(scene, state),
    says: KINDS[spec.kind].says(spec, state, scene),
    table: rows(spec, state, scene),
    python: script(spec, state, scene),
    "t@max": last,
    "out-t": `${t} of ${last}`,
  };
}
