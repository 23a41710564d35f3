// The living figure: it takes the finished picture over, and redraws it when a reader changes something.
class OptFigure extends HTMLElement {
  connectedCallback() {
    this.spec = JSON.parse(this.find("script").textContent);
    this.state = { ...this.spec.state };
    this.parts = {};
    const asked = new URLSearchParams(location.search);
    if (asked.get("figure") === this.id) this.set(asked);
    else this.whenNear(() => this.wake());
    this.find("fieldset").disabled = false;
    const start = this.find(".start");
    start?.setAttribute("tabindex", 0);
    start?.removeAttribute("aria-disabled");
    this.on("input", ({ target }) => this.input(target));
    this.on("click", (event) => this[event.target.dataset.do]?.(event.target) || this.point(event));
    this.on("keydown", (event) => this.key(event));
    this.on("pointerdown", ({ target, pointerId }) =>
      target.closest(".start")?.setPointerCapture(pointerId),
    );
    this.on(
      "pointermove",
      (event) => start?.hasPointerCapture(event.pointerId) && this.point(event),
    );
  }
  find(selector) {
    return this.querySelector(selector);
  }
  on(type, act) {
    this.addEventListener(type, (event) => {
      this.wake();
      act(event);
    });
  }

  // The picture is finished as it is: nothing is computed before a reader comes near, or does something.
  wake() {
    if (!this.scene) this.show();
  }
  whenNear(act) {
    const watch = new IntersectionObserver(
      ([{ isIntersecting }]) => {
        if (!isIntersecting) return;
        watch.disconnect();
        act();
      },
      { rootMargin: "50%" },
    );
    watch.observe(this);
  }

  // Take over the values of a link; what is not allowed becomes the nearest that is.
  set(asked) {
    this.state = { ...this.spec.state };
    for (const name in this.state) {
      if (!asked.has(name)) continue;
      this.state[name] = this.allowed(name, asked.get(name));
      if (name === "surface") this.move();
      if (name === "surface" || name === "axis") this.show();
    }
    this.show();
  }
  allowed(name, value) {
    const { state, rules, seeds } = this.spec,
      first = state[name];
    const control = this.find(`[name=${name}]`) || {
      min: 0,
      max: seeds.length - 1,
      step: 1,
      dataset: {},
    };
    const {
      options,
      min: low,
      max: high,
      step,
      dataset: { base },
    } = control;
    if (name === "run")
      return Object.keys(rules).filter((racer) => value.split(",").includes(racer));
    if (options) return [...options].some((option) => option.value === value) ? value : first;
    if (!Number.isFinite(parseFloat(value))) return first;
    const near = min(max(base ? log(max(value, 1e-9)) / log(base) : value, low), high);
    if (base) return step < 1 ? +(base ** near).toPrecision(3) : base ** round(near);
    return +(round(near / step) * step).toFixed(2);
  }

  // Draw what the state says; only what has changed is written.
  show(cursor) {
    const { spec, state, parts } = this;
    if ("warm" in state) state.warm = min(state.warm, state.steps / 2);
    if (!cursor) this.scene = stage(spec, state);
    state.t = min(state.t, this.scene.last);
    for (const [name, words] of Object.entries(frame(spec, state, this.scene))) {
      const [part, attribute] = name.split("@"),
        element = this.find(`[data-part=${part}]`);
      if (parts[name] === words || !element) continue;
      parts[name] = words;
      if (attribute) element.setAttribute(attribute, words);
      else element.innerHTML = words;
    }
    for (const control of this.querySelectorAll("[name]")) this.fill(control);
    clearTimeout(this.later);
    this.later = setTimeout(() => this.tell(this.find(".says").textContent), 900);
  }
  fill(control) {
    const {
        name,
        dataset: { base },
      } = control,
      value = this.state[name];
    if (control.type === "checkbox") control.checked = value.includes(control.value);
    else control.value = base ? log(value) / log(base) : value;
    control.ariaValueText = this.parts[`out-${name}`];
    control.disabled = this.scene.idle?.includes(name);
  }
  tell(words) {
    this.find("[role=status]").textContent = words;
  }

  // What a reader does.
  input({ name, value, type, dataset: { base } }) {
    const { state, spec } = this;
    if (!name) return;
    if (type === "checkbox")
      state.run = Object.keys(spec.rules).filter((racer) => this.find(`[value=${racer}]`).checked);
    else state[name] = type !== "range" ? value : base ? +(base ** value).toPrecision(3) : +value;
    if (name === "surface") this.move();
    this.show(name === "t");
  }
  move() {
    const problem = landscape(this.spec, this.state),
      [x, y] = problem.start;
    Object.assign(this.state, { x, y, lr: +(1 / curvature(problem)[1]).toPrecision(2) });
  }
  go(t) {
    this.state.t = min(t, this.scene.last);
    this.show(true);
  }
  step({ value }) {
    this.go(this.state.t + +value);
  }
  reset() {
    this.set(new Map());
  }
  seed() {
    this.state.seed = (this.state.seed + 1) % this.spec.seeds.length;
    this.show();
  }
  play(button) {
    this.playing = !this.playing;
    button.textContent = this.playing ? "❚❚ Pause" : "▶ Play";
    if (!this.playing) return;
    if (this.state.t >= this.scene.last) this.go(0);
    const wait = matchMedia("(prefers-reduced-motion: reduce)").matches ? 500 : 0;
    let before = performance.now();
    const tick = (now) => {
      if (!this.playing) return;
      const due = floor(((now - before) / 1000) * this.find("[data-do=speed]").value);
      if (due && now - before > wait) {
        this.go(this.state.t + due);
        before = now;
      }
      if (this.state.t < this.scene.last) requestAnimationFrame(tick);
      else this.play(button);
    };
    requestAnimationFrame(tick);
  }
  key(event) {
    const way = { Left: [-1, 0], Right: [1, 0], Up: [0, 1], Down: [0, -1] }[event.key.slice(5)];
    if (!way || !event.target.matches(".start")) return;
    const { low, high } = this.scene.seen,
      size = (high - low) / (event.shiftKey ? 10 : 100);
    this.start(this.state.x + way[0] * size, this.state.y + way[1] * size);
    event.preventDefault();
  }
  point({ target, clientX, clientY }) {
    const box = target.closest(".views > svg");
    if (!box) return;
    const { x, y } = new DOMPoint(clientX, clientY).matrixTransform(box.getScreenCTM().inverse());
    const { low, high, down, up } = this.scene.seen,
      across = (x - LEFT) / WIDE;
    if (box.matches(".map"))
      this.start(low + across * (high - low), up - ((y - TOP) / HIGH) * (up - down));
    else this.go(max(0, round(across * this.scene.last)));
  }
  start(x, y) {
    Object.assign(this.state, { x: this.allowed("x", x), y: this.allowed("y", y) });
    this.show();
  }
  link(button) {
    const url = new URL(location),
      { id, state } = this;
    url.search = new URLSearchParams({ figure: id, ...state });
    url.hash = id;
    this.copy(button, url.href);
  }
  python(button) {
    this.copy(button, this.find("pre").textContent);
  }
  async copy(button, words) {
    const said = button.textContent;
    try {
      await navigator.clipboard.writeText(words);
      button.textContent = "Copied";
      setTimeout(() => {
        button.textContent = said;
      }, 2000);
    } catch {
      prompt(said, words);
    }
  }
}

// Links in the prose that set a figure: their search is that of a copied link.
document.addEventListener("click", (event) => {
  const asked = new URLSearchParams(event.target.closest("a")?.search);
  if (asked.get("figure") !== NAME) return;
  const figure = document.getElementById(NAME);
  figure.set(asked);
  figure.scrollIntoView({ block: "nearest" });
  event.preventDefault();
});

window.optbook = { OPTIMIZERS, SCHEDULES, PROBLEMS, LINE, KINDS, frame };
customElements.define(NAME, OptFigure);
