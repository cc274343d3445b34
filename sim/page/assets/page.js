// Sends the state of the form, keeps it in the link, and shows the answer as it comes.
"use strict";
(() => {
  const root = document.documentElement;
  root.classList.add("js");
  const at = (id) => document.getElementById(id);
  if (!at("levers")) return;

  const tab = Array.from(crypto.getRandomValues(new Uint8Array(12)), (byte) =>
    byte.toString(16).padStart(2, "0")).join("");
  let source = null;
  let timer = 0;
  const opened = new Set();

  // ------------------------------------------------------------------ state

  const form = () => at("form");

  function query() {
    const found = new URLSearchParams();
    for (const [key, value] of new FormData(form())) {
      if (typeof value === "string" && value.trim() !== "") found.append(key, value.trim());
    }
    if (found.get("precision") === "0.02") found.delete("precision");
    return found;
  }

  function keep(state) {
    const link = new URLSearchParams(state);
    for (const key of ["fp", "v"]) {
      link.set(key, at(`now-${key}`).value);
    }
    history.replaceState(null, "", `?${link}`);
    for (const each of document.querySelectorAll("a[data-language]")) {
      link.set("lang", each.dataset.language);
      each.href = `?${link}`;
    }
  }

  // ----------------------------------------------------------------- answer

  function stop() {
    if (source) source.close();
    source = null;
    at("stop").hidden = true;
    at("answer").setAttribute("aria-busy", "false");
  }

  function show(html) {
    const parts = at("parts");
    for (const each of parts.querySelectorAll("details[open] > summary")) opened.add(name(each));
    parts.innerHTML = html;
    parts.classList.remove("stale");
    for (const each of parts.querySelectorAll("details > summary")) {
      if (opened.has(name(each))) each.parentElement.open = true;
    }
  }

  function figures(html) {
    const cards = at("parts").querySelector(":scope > .cards");
    if (cards) cards.outerHTML = html;
    else at("parts").innerHTML = html;
    at("parts").classList.add("stale");
  }

  function name(summary) {
    const section = summary.closest("section");
    return `${section ? section.id : ""}/${summary.textContent}`;
  }

  function ask(isAsked) {
    stop();
    const state = query();
    keep(state);
    state.set("tab", tab);
    if (isAsked) state.set("run", "1");
    root.dataset.asked = String(Number(root.dataset.asked || 0) + 1);
    const asked = root.dataset.asked;
    const bar = at("progress");
    bar.removeAttribute("value");
    at("stop").hidden = false;
    at("answer").setAttribute("aria-busy", "true");
    const stream = new EventSource(`answer?${state}`);
    source = stream;
    const on = (event, act) => stream.addEventListener(event, (message) => {
      if (source === stream) act(JSON.parse(message.data));
    });
    const tell = (data) => {
      at("glance").textContent = data.glance;
      at("standing").textContent = data.standing;
      bar.max = data.of;
      bar.value = data.done;
      root.dataset.answered = asked;
    };
    on("figures", (data) => { figures(data.cards); tell(data); });
    on("parts", (data) => {
      show(data.parts);
      tell(data);
      root.dataset.whole = asked;
      if (data.last) root.dataset.done = asked;
    });
    on("progress", (data) => { if (data.of > 8) { bar.max = data.of; bar.value = data.done; } });
    on("standing", (words) => { at("standing").textContent = words; });
    for (const event of ["fault", "ask"]) {
      on(event, (data) => {
        show(data.parts);
        at("glance").textContent = data.glance;
        at("standing").textContent = "";
        bar.value = 0;
        root.dataset.answered = asked;
        root.dataset.done = asked;
      });
    }
    on("end", stop);
    stream.onerror = () => {
      if (source !== stream) return;
      stop();
      at("standing").textContent = at("standing").dataset.lost;
    };
  }

  function soon(milliseconds) {
    clearTimeout(timer);
    timer = setTimeout(() => ask(false), milliseconds);
  }

  // ----------------------------------------------------------------- levers

  function sliderOf(text) {
    return document.querySelector(`input[type=range][data-for="${CSS.escape(text.id)}"]`);
  }

  function mark(text) {
    const lever = text.closest(".lever");
    if (lever) lever.classList.toggle("moved", text.value.trim() !== "");
  }

  function fromSlider(slider) {
    const text = at(slider.dataset.for);
    const unit = slider.dataset.unit;
    const isPresent = Number(slider.value) === Number(slider.dataset.present);
    text.value = isPresent ? "" : slider.value + (unit ? ` ${unit}` : "");
    slider.setAttribute("aria-valuetext", text.value || text.placeholder);
    mark(text);
  }

  function fromText(text) {
    const slider = sliderOf(text);
    if (slider) {
      const typed = text.value.trim().replace(",", ".");
      const unit = slider.dataset.unit;
      const bare = unit && typed.endsWith(unit) ? typed.slice(0, -unit.length).trim() : typed;
      slider.value = bare !== "" && !Number.isNaN(Number(bare)) ? bare : slider.dataset.present;
      slider.setAttribute("aria-valuetext", text.value || text.placeholder);
    }
    mark(text);
  }

  // What changes by date is drawn as it is written, and kept while it cannot be read.
  async function draw(text) {
    const place = document.querySelector(`[data-curve="${CSS.escape(text.id)}"]`);
    if (!place || (!text.value.includes("{") && !place.firstElementChild)) return;
    const state = query();
    state.set("of", text.name.slice("set.".length));
    const typed = state.get(text.name) || "";
    const found = await fetch(`curve?${state}`);
    if (found.status === 200 && typed === text.value.trim()) place.innerHTML = await found.text();
  }

  async function another() {
    const state = query();
    keep(state);
    const groups = new Set(Array.from(document.querySelectorAll("details.group[open]"),
      (each) => each.dataset.group));
    const focused = document.activeElement ? document.activeElement.id : "";
    const found = await fetch(`levers?${state}`);
    if (found.ok) {
      at("levers").innerHTML = await found.text();
      for (const each of document.querySelectorAll("details.group")) {
        if (groups.has(each.dataset.group)) each.open = true;
      }
      if (focused && at(focused)) at(focused).focus();
    }
    ask(false);
  }

  function pin() {
    for (const each of form().querySelectorAll("input[name^='pin.']")) each.remove();
    for (const [key, value] of query()) {
      if (!key.startsWith("set.")) continue;
      const held = document.createElement("input");
      held.type = "hidden";
      held.name = `pin.${key.slice(4)}`;
      held.value = value;
      form().append(held);
    }
    at("at-base").value = at("at-variant").value;
    another();
  }

  function reset() {
    for (const each of form().querySelectorAll("[name^='set.']")) {
      each.value = "";
      if (each.type === "text") { fromText(each); draw(each); } else mark(each);
    }
    ask(false);
  }

  document.addEventListener("input", (event) => {
    const field = event.target;
    if (field.type === "range" && field.dataset.for) {
      fromSlider(field);
      soon(0);
    } else if (field.matches("#form input[type=text]")) {
      fromText(field);
      draw(field);
      soon(450);
    }
  });

  document.addEventListener("change", (event) => {
    const field = event.target;
    if (field.id === "at-variant") another();
    else if (field.matches("#form select")) { mark(field); soon(0); }
    else if (field.id === "at-scenario") field.form.submit();
  });

  document.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (!button) return;
    if (button.dataset.run) ask(true);
    else if (button.dataset.pin) pin();
    else if (button.dataset.unpin) {
      for (const each of form().querySelectorAll("input[name^='pin.']")) each.remove();
      another();
    } else if (button.dataset.reset) reset();
    else if (button.id === "stop") stop();
  });

  document.addEventListener("submit", (event) => {
    if (event.target.id === "form") {
      event.preventDefault();
      ask(false);
    }
  });

  window.addEventListener("pagehide", stop);
  ask(false);
})();
