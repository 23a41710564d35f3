// What comes before anything is drawn: the reader's choice of theme and, on a page with maths, the font of the maths. The
// text waits for that font, so that nothing jumps, but a second at most.
try {
  document.body.dataset.theme = localStorage.getItem("theme") || "auto";
} catch {
  document.body.dataset.theme = "auto"; // a browser that keeps nothing
}
if ("maths" in document.currentScript.dataset) {
  const { classList } = document.documentElement;
  const show = () => classList.remove("waits");
  classList.add("waits");
  document.fonts.load("1em 'Latin Modern Math'").then(show, show);
  setTimeout(show, 1000);
}
