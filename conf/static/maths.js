// A page with maths shows its text once the maths can be drawn, so that nothing jumps; but it waits a second at most.
{
  const root = document.documentElement;
  const show = () => root.classList.remove("waits");
  root.classList.add("waits");
  document.fonts.load("1em 'Latin Modern Math'").then(show, show);
  setTimeout(show, 1000);
}
