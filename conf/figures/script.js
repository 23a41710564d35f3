// The Python that makes the same picture: what is in it, for the template that the figure carries.
const calls = (given) =>
  Object.entries(given).map(([name, value]) => `${name}=${JSON.stringify(value)}`);

// Python within 88 columns: in one line, with the arguments on a line of their own, or a line for each.
function fold(indent, head, parts, tail) {
  const inner = `${indent}    `,
    together = `${inner}${parts.join(", ")}`;
  const one = `${indent}${head}${parts.join(", ")}${tail}`;
  if (one.length <= 88) return one;
  const lines = together.length <= 88 ? [together] : parts.map((part) => `${inner}${part},`);
  return [`${indent}${head}`, ...lines, `${indent}${tail}`].join("\n");
}

function script({ kind, script, names }, state, scene) {
  const [problem, call] = KINDS[kind].call(state, scene);
  const run = (it) => fold("    ", `"${it.title}": minimize(`, ["problem", ...call(it)], "),");
  const runs = scene.runs.map((it) => `${run(it)}\n`).join("");
  const used = (name) => `${problem} minimize plot ${runs}`.match(RegExp(`\\b${name}\\b(?!=)`));
  const line = `from optbook import ${names.filter(used).join(", ")}`;
  const imports =
    line.length <= 88 ? line : fold("", "from optbook import (", names.filter(used), ")");
  return script.replace("IMPORTS", imports).replace("PROBLEM", problem).replace("RUNS", runs);
}
