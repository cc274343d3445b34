// Asks the questions beside the answer, with the levers as they are, and shows what comes of it.
"use strict";
(() => {
  if (!document.getElementById("questions")) return;
  const tab = Array.from(crypto.getRandomValues(new Uint8Array(12)), (byte) =>
    byte.toString(16).padStart(2, "0")).join("");
  let stop = () => {};

  function query(form) {
    const found = new URLSearchParams();
    for (const each of [document.getElementById("form"), form]) {
      for (const [key, value] of new FormData(each)) {
        if (typeof value === "string" && value.trim() !== "") found.append(key, value.trim());
      }
    }
    return found;
  }

  function ask(form, isSure) {
    stop();
    const panel = form.parentElement;
    const bar = panel.querySelector("progress");
    const doing = panel.querySelector(".doing");
    const told = panel.querySelector(".told");
    const place = panel.querySelector(".shown");
    const cancel = form.querySelector("[data-cancel]");
    const state = query(form);
    state.set("tab", tab);
    if (isSure) state.set("run", "1");
    const stream = new EventSource(`question/${form.dataset.question}?${state}`);
    const end = (words) => {
      stream.close();
      if (document.activeElement === cancel) form.querySelector("[type=submit]").focus();
      cancel.hidden = true;
      bar.hidden = true;
      panel.removeAttribute("aria-busy");
      if (words !== null) doing.textContent = words;
      stop = () => {};
    };
    stop = () => end(cancel.dataset.said || "");
    panel.setAttribute("aria-busy", "true");
    bar.removeAttribute("value");
    bar.hidden = false;
    cancel.hidden = false;
    doing.textContent = "";
    told.textContent = "";
    place.replaceChildren();
    const on = (event, act) => stream.addEventListener(event, (message) => {
      act(JSON.parse(message.data));
    });
    on("standing", (words) => { doing.textContent = words; });
    on("estimate", (words) => {
      told.textContent = words;
      place.textContent = words;
    });
    on("progress", (data) => {
      doing.textContent = data.of ? `${data.doing}: ${Math.floor(data.done)}/${data.of}` : data.doing;
      if (data.of) { bar.max = data.of; bar.value = data.done; } else bar.removeAttribute("value");
    });
    on("shown", (data) => {
      place.innerHTML = data.html;
      told.textContent = data.glance;
      doing.textContent = data.standing;
      for (const each of place.querySelectorAll(".map svg")) enliven(each);
      play(place);
    });
    for (const event of ["fault", "ask"]) {
      on(event, (data) => {
        place.innerHTML = data.parts;
        told.textContent = data.glance;
        doing.textContent = "";
      });
    }
    on("end", () => end(null));
    stream.onerror = () => end("");
  }

  // --------------------------------------------------------------- the map

  function enliven(picture) {
    picture.setAttribute("role", "group");
    for (const each of picture.querySelectorAll("[data-step]")) {
      if (!told(each)) continue;
      const title = each.querySelector("title");
      each.setAttribute("tabindex", "0");
      each.setAttribute("role", "button");
      if (title) each.setAttribute("aria-label", title.textContent.split("\n")[0]);
    }
  }

  function told(step) {
    const panel = step.closest(".shown");
    return panel && panel.querySelector(`[data-of="${CSS.escape(step.id)}"]`);
  }

  function tell(step) {
    const panel = step.closest(".shown");
    for (const each of panel.querySelectorAll("[data-step][aria-pressed]")) {
      each.removeAttribute("aria-pressed");
    }
    step.setAttribute("aria-pressed", "true");
    panel.querySelector(".step-words").innerHTML = told(step).innerHTML;
  }

  // ------------------------------------------------------------- the replay

  async function play(place) {
    const held = place.querySelector(".replay-data");
    if (!held) return;
    const { mount } = await import("./replay.js");
    const { data, words } = JSON.parse(held.textContent);
    const controls = place.querySelector(".replay-controls");
    if (controls) mount({ root: place, controls, data, words });
  }

  // What is wider than its box can be scrolled by keys.

  function reach() {
    for (const each of document.querySelectorAll("#answer :is(.scroll, figure, .map, pre)")) {
      if (each.scrollWidth > each.clientWidth) each.tabIndex = 0;
      else each.removeAttribute("tabindex");
    }
  }

  // Behind the next paint: it has all that is out of sight laid out.
  new MutationObserver(() => requestAnimationFrame(() => setTimeout(reach))).observe(
    document.getElementById("answer"), { childList: true, subtree: true });
  document.addEventListener("toggle", reach, true);
  window.addEventListener("resize", reach);

  // ---------------------------------------------------------------- events

  document.addEventListener("submit", (event) => {
    if (!event.target.dataset.question) return;
    event.preventDefault();
    ask(event.target, false);
  });

  document.addEventListener("change", (event) => {
    const chosen = event.target;
    if (!chosen.dataset.limits) return;
    chosen.form.elements["ask.limit"].value = chosen.selectedOptions[0].dataset.limit;
  });

  document.addEventListener("click", (event) => {
    const step = event.target.closest(".shown [data-step][role=button]");
    if (step) { tell(step); return; }
    const button = event.target.closest("#questions button");
    if (!button) return;
    if (button.dataset.cancel) stop();
    else if (button.dataset.sure) ask(button.closest("details").querySelector("form"), true);
    else if (button.dataset.copy) {
      const code = button.parentElement.querySelector("code");
      getSelection().selectAllChildren(code);
      if (navigator.clipboard) navigator.clipboard.writeText(code.textContent);
    }
  });

  document.addEventListener("keydown", (event) => {
    const step = event.target.closest && event.target.closest(".shown [data-step][role=button]");
    if (!step || (event.key !== "Enter" && event.key !== " ")) return;
    event.preventDefault();
    tell(step);
  });

  window.addEventListener("pagehide", () => stop());
})();
