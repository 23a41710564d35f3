// The Python that makes the same picture: what is in it, for the template that the figure carries.
const calls = (given) => Object.entries(given).map(([name, value]) => `${name}=${JSON.stringify(value)}`).join(", ");

function script({ kind, script, names }, state, scene) {
  const [problem, call] = KINDS[kind].call(state, scene);
  const runs = scene.runs.map((run) => `    "${run.title}": minimize(problem, ${call(run)}),\n`).join("");
  const imports = names.filter((name) => `${problem} minimize plot ${runs}`.match(RegExp(`\\b${name}\\b(?!=)`)));
  return script.replace("NAMES", imports.join(", ")).replace("PROBLEM", problem).replace("RUNS", runs);
}
