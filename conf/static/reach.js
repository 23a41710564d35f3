// Let the keyboard scroll what is wider than the screen, and nothing else.
const wide = () => {
  const boxes = [
    ...document.querySelectorAll(
      "article pre, article div.math, .table-wrapper, article figure, .drawing",
    ),
  ];
  const over = boxes.map((box) => box.scrollWidth > box.clientWidth); // all are measured before any is changed
  boxes.forEach((box, i) => (over[i] ? (box.tabIndex = 0) : box.removeAttribute("tabindex")));
};
addEventListener("load", wide);
addEventListener("resize", wide);
