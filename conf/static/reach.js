// Let the keyboard scroll what is wider than the screen, and nothing else.
const wide = () => {
  for (const box of document.querySelectorAll("article pre, article div.math, .table-wrapper, article figure, .drawing")) {
    if (box.scrollWidth > box.clientWidth) box.tabIndex = 0;
    else box.removeAttribute("tabindex");
  }
};
addEventListener("load", wide);
addEventListener("resize", wide);
