// Plays some days of an office on its process maps: cases are dots that move from step to step,
// pile up below the steps where they wait, and stand above those at which somebody works on them.
//
// The data are those of `sim.replay(...).data`; a map is an `svg[data-flow]` whose steps have
// `data-step`.  Only attributes are set, no style and no markup, so that it runs under a strict CSP.

const SVG = "http://www.w3.org/2000/svg";
const IN_A_MINUTE = 60; // seconds in which the whole is played at speed 1
const SLIDE = 0.35; // seconds that a dot takes from one step to the next
const A_ROW = 13; // dots below or above a step, then a number
const RADIUS = 4;
const PITCH = 9;
const A_TICK = 3600; // seconds of a replay that pass at once where motion is to be reduced

export const WORDS = {
  region: "Replay",
  play: "Play",
  pause: "Pause",
  back: "Step back",
  forward: "Step forward",
  time: "Time",
  speed: "Speed",
  open: "office open",
  closed: "office closed",
  weekend: "weekend",
  holiday: "public holiday",
  state: "{waiting} waiting or under way, {working} being worked on, {done} done",
};

/** The moves of each case side by side, those of one thread in their order. */
function threadsOf(data, flow) {
  const threads = new Map();
  for (const [which, thread, step, came, begun, left] of data.moves) {
    if (data.flows[data.cases[which][1]] !== flow) continue;
    if (!threads.has(thread)) threads.set(thread, []);
    threads.get(thread).push({ which, step: data.steps[step], came, begun, left: left ?? Infinity });
  }
  return [...threads.values()];
}

/** The last move that has begun at an instant: its index, -1 before the first. */
function lastBegun(moves, at) {
  let low = 0;
  let high = moves.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (moves[middle].came <= at) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

function made(name, attributes, parent) {
  const element = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  parent.append(element);
  return element;
}

/** The dots of one map. */
class Dots {
  constructor(svg, data) {
    this.threads = threadsOf(data, svg.dataset.flow);
    this.layer = made("g", { "aria-hidden": "true", "data-replay": "dots" }, svg);
    this.places = new Map();
    for (const step of svg.querySelectorAll("[data-step]")) {
      const box = step.getBBox();
      if (!this.places.has(step.dataset.step)) this.places.set(step.dataset.step, box);
    }
    this.dots = this.threads.map(() =>
      made("circle", { r: RADIUS, stroke: "#ffffff", "stroke-width": 1, display: "none" }, this.layer),
    );
    this.counts = new Map();
  }

  /** Show where the cases are; `slide` is how long a dot is under way, in seconds of the replay. */
  show(at, slide) {
    const piles = new Map();
    const state = { waiting: 0, working: 0, cases: new Set(), seen: new Set() };
    this.threads.forEach((moves, i) => {
      const dot = this.dots[i];
      const index = lastBegun(moves, at);
      const move = moves[index];
      if (move) state.seen.add(move.which);
      if (!move || at >= move.left) {
        dot.setAttribute("display", "none");
        return;
      }
      state.cases.add(move.which);
      const isWorked = move.begun !== null && move.begun <= at;
      state[isWorked ? "working" : "waiting"] += 1;
      const place = this.places.get(move.step);
      const end = place && this.stand(piles, move.step, place, isWorked);
      if (!end) {
        dot.setAttribute("display", "none"); // of a pile that is full, or of a step not drawn
        return;
      }
      const before = index > 0 && moves[index - 1].left === move.came ? moves[index - 1] : undefined;
      const from = before && this.places.get(before.step);
      const way = Math.min(slide, (move.left - move.came) / 2);
      const share = from && way > 0 ? Math.min(1, (at - move.came) / way) : 1;
      const start = from ? [from.x + from.width / 2, from.y + from.height / 2] : end;
      dot.removeAttribute("display");
      dot.setAttribute("cx", start[0] + (end[0] - start[0]) * share);
      dot.setAttribute("cy", start[1] + (end[1] - start[1]) * share);
      dot.setAttribute("fill", isWorked ? "#1b7f4b" : "#c2410c");
    });
    this.number(piles);
    return state;
  }

  /** Where the next dot of a step stands; nothing if its row is full. */
  stand(piles, step, place, isWorked) {
    const key = `${isWorked ? "above" : "below"} ${step}`;
    const pile = piles.get(key) ?? { n: 0, place, isWorked };
    piles.set(key, pile);
    pile.n += 1;
    if (pile.n > A_ROW) return undefined;
    const y = isWorked ? place.y - RADIUS - 1 : place.y + place.height + RADIUS + 1;
    return [place.x + RADIUS + 2 + (pile.n - 1) * PITCH, y];
  }

  /** How many stand at a step beyond those that there is room for. */
  number(piles) {
    for (const [key, text] of this.counts) {
      if (!piles.has(key) || piles.get(key).n <= A_ROW) text.setAttribute("display", "none");
    }
    for (const [key, { n, place, isWorked }] of piles) {
      if (n <= A_ROW) continue;
      if (!this.counts.has(key)) {
        this.counts.set(key, made("text", { "font-size": 9, fill: "#1f2328" }, this.layer));
      }
      const text = this.counts.get(key);
      text.textContent = `+${n - A_ROW}`;
      text.removeAttribute("display");
      text.setAttribute("x", place.x + place.width + 3);
      text.setAttribute("y", isWorked ? place.y - 2 : place.y + place.height + 8);
    }
  }

  remove() {
    this.layer.remove();
  }
}

/** What plays a replay: made by `mount`. */
class Replay {
  constructor(maps, controls, data, words, language) {
    this.data = data;
    this.words = words;
    this.maps = maps.map((svg) => new Dots(svg, data));
    this.instants = this.instantsOf();
    this.at = 0;
    this.speed = 1;
    this.isPlaying = false;
    this.calm = window.matchMedia("(prefers-reduced-motion: reduce)");
    this.clockOf = new Intl.DateTimeFormat(language, {
      weekday: "long", day: "numeric", month: "long", year: "numeric",
      hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZone: "UTC",
    });
    this.build(controls);
    this.listener = (event) => this.key(event);
    controls.addEventListener("keydown", this.listener);
    this.controls = controls;
    this.show();
  }

  /** Every instant at which something begins or ends on one of the maps. */
  instantsOf() {
    const found = new Set([0, this.data.length]);
    for (const map of this.maps) {
      for (const moves of map.threads) {
        for (const { came, begun, left } of moves) {
          found.add(came);
          if (begun !== null) found.add(begun);
          if (left !== Infinity) found.add(left);
        }
      }
    }
    return [...found].sort((one, other) => one - other);
  }

  build(controls) {
    const { words } = this;
    controls.setAttribute("role", "group");
    controls.setAttribute("aria-label", words.region);
    const button = (label, act) => {
      const element = document.createElement("button");
      element.type = "button";
      element.textContent = label;
      element.addEventListener("click", act);
      controls.append(element);
      return element;
    };
    button(words.back, () => this.step(-1));
    this.toggle = button(words.play, () => this.playOrPause());
    button(words.forward, () => this.step(1));
    const label = (text, element) => {
      const around = document.createElement("label");
      around.append(`${text} `, element);
      controls.append(around);
      return element;
    };
    this.slider = label(words.time, document.createElement("input"));
    Object.assign(this.slider, { type: "range", min: 0, max: this.data.length, step: 60, value: 0 });
    this.slider.addEventListener("input", () => this.go(Number(this.slider.value)));
    this.choice = label(words.speed, document.createElement("select"));
    for (const speed of [0.25, 0.5, 1, 2, 4]) {
      const option = document.createElement("option");
      option.value = speed;
      option.textContent = `${speed} ×`;
      option.selected = speed === 1;
      this.choice.append(option);
    }
    this.choice.addEventListener("change", () => {
      this.speed = Number(this.choice.value);
    });
    this.clock = document.createElement("output");
    this.state = document.createElement("p");
    this.state.setAttribute("aria-live", "polite");
    controls.append(this.clock, this.state);
  }

  /** Blank plays and pauses, arrows step, Home and End lead to the ends. */
  key(event) {
    const isField = event.target === this.slider || event.target === this.choice;
    const acts = {
      ArrowLeft: () => this.step(-1),
      ArrowRight: () => this.step(1),
      Home: () => this.go(0),
      End: () => this.go(this.data.length),
    };
    if (event.key === " " && event.target.tagName !== "BUTTON" && !isField) {
      event.preventDefault();
      this.playOrPause();
    } else if (acts[event.key] && !isField) {
      event.preventDefault();
      acts[event.key]();
    }
  }

  playOrPause() {
    if (this.isPlaying) this.pause();
    else this.play();
  }

  play() {
    if (this.at >= this.data.length) this.at = 0;
    this.isPlaying = true;
    this.toggle.textContent = this.words.pause;
    this.before = undefined;
    this.waiting = 0;
    this.frame = requestAnimationFrame((now) => this.turn(now));
  }

  pause() {
    this.isPlaying = false;
    this.toggle.textContent = this.words.play;
    cancelAnimationFrame(this.frame);
    this.show();
  }

  turn(now) {
    if (!this.isPlaying) return;
    const passed = this.before === undefined ? 0 : Math.min(0.25, (now - this.before) / 1000);
    this.before = now;
    this.waiting += passed * this.rate();
    // Where motion is to be reduced, whole hours pass at once and nothing slides.
    const tick = this.calm.matches ? A_TICK * Math.max(1, this.speed) : 0;
    if (this.waiting >= tick) {
      this.at = Math.min(this.data.length, this.at + this.waiting);
      this.waiting = 0;
      this.show();
    }
    if (this.at >= this.data.length) this.pause();
    else this.frame = requestAnimationFrame((next) => this.turn(next));
  }

  /** Seconds of the replay that pass in a second. */
  rate() {
    return (this.speed * this.data.length) / IN_A_MINUTE;
  }

  /** Go on to the next instant at which something happens, or back to the last. */
  step(by) {
    if (this.isPlaying) this.pause();
    const { instants } = this;
    const next = by > 0 ? instants.find((at) => at > this.at) : instants.findLast((at) => at < this.at);
    if (next !== undefined) this.go(next);
  }

  go(at) {
    this.at = Math.max(0, Math.min(this.data.length, at));
    this.show();
  }

  show() {
    const slide = this.isPlaying && !this.calm.matches ? SLIDE * this.rate() : 0;
    const found = this.maps.map((map) => map.show(this.at, slide));
    const sum = (name) => found.reduce((n, each) => n + each[name], 0);
    const open = new Set(found.flatMap((each) => [...each.cases]));
    const seen = new Set(found.flatMap((each) => [...each.seen]));
    this.slider.value = this.at;
    this.clock.textContent = this.clockText();
    this.slider.setAttribute("aria-valuetext", this.clock.textContent);
    const state = this.words.state
      .replace("{waiting}", sum("waiting"))
      .replace("{working}", sum("working"))
      .replace("{done}", [...seen].filter((which) => !open.has(which)).length);
    // A screen reader is told when it stands still; told at each frame it would never end.
    this.state.setAttribute("aria-live", this.isPlaying ? "off" : "polite");
    if (this.state.textContent !== state) this.state.textContent = state;
  }

  clockText() {
    const { data, words } = this;
    const day = data.days[Math.min(data.days.length - 1, Math.floor(this.at / 86400))];
    const isOpen = data.open.some(([opens, closes]) => opens <= this.at && this.at < closes);
    const kind = isOpen ? words.open : day[1] === "open" ? words.closed : words[day[1]];
    const then = new Date(Date.parse(`${data.start}T00:00:00Z`) + this.at * 1000);
    return `${this.clockOf.format(then)} · ${kind}`;
  }

  /** Take it off the page. */
  remove() {
    if (this.isPlaying) this.pause();
    for (const map of this.maps) map.remove();
    this.controls.removeEventListener("keydown", this.listener);
    this.controls.replaceChildren();
  }
}

/**
 * Put a replay on the maps inside an element, with its controls into another.
 *
 * `words` are those of `WORDS` in the language of the page.
 */
export function mount({ root, controls, data, words = {}, language = document.documentElement.lang || "en" }) {
  const maps = root.matches("svg[data-flow]") ? [root] : [...root.querySelectorAll("svg[data-flow]")];
  return new Replay(maps, controls, data, { ...WORDS, ...words }, language);
}
