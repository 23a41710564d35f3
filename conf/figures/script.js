// The Python that makes the same picture: what is in it, for the template that the figure carries.
const calls = (given) => Object.entries(given).map(([name, value]) => `${name}=${JSON.stringify(value)}`).join(", ");

const RACE = {
  walk: ({ x, y, steps, condition }, { problem: { name, given }, runs }) => [
    name + ("condition" in given ? `(condition=${condition})` : ""),
    (run) => `${run.name}, ${calls(run.given)}, start=(${x}, ${y}), steps=${steps}`,
  ],
  batch: ({ lr, seed, x, y }) => [
    "line_fit()",
    (run) => `gd, lr=${lr}, batch=${run.size}, seed=${seed}, start=(${x}, ${y}), steps=${run.asked}`,
  ],
  schedule: ({ lr, seed, steps }, { plan }) => [
    "line_fit()",
    (run) => `gd, lr=${run.look ? `constant(${lr})` : plan.call}, batch=4, seed=${seed}, steps=${steps}`,
  ],
};

function script({ kind, script, names }, state, scene) {
  const [problem, call] = RACE[kind](state, scene);
  const runs = scene.runs.map((run) => `    "${run.title}": minimize(problem, ${call(run)}),\n`).join("");
  const imports = names.filter((name) => `${problem} minimize plot ${runs}`.match(RegExp(`\\b${name}\\b(?!=)`)));
  return script.replace("NAMES", imports.join(", ")).replace("PROBLEM", problem).replace("RUNS", runs);
}
