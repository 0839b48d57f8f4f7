// What the page does beyond being read: filter, search, links that can be shared, copying, colours.
"use strict";
(() => {
  const root = document.documentElement;
  root.classList.add("scripted");
  const $ = (id) => document.getElementById(id);
  const say = (text) => { const said = $("said"); if (said) said.textContent = text; };

  // Colours: as the system, light or dark; the choice is kept where the browser keeps such things.
  const themes = ["", "light", "dark"];
  const names = { "": "as the system", light: "light", dark: "dark" };
  const stored = () => { try { return localStorage.getItem("harness-colours") || ""; } catch { return ""; } };
  const wear = (theme) => {
    if (theme) root.dataset.theme = theme; else delete root.dataset.theme;
    if ($("theme")) $("theme").textContent = "Colours: " + names[theme];
  };
  let theme = themes.includes(stored()) ? stored() : "";
  wear(theme);
  if ($("theme")) $("theme").addEventListener("click", () => {
    theme = themes[(themes.indexOf(theme) + 1) % themes.length];
    try { localStorage.setItem("harness-colours", theme); } catch { /* not kept, then */ }
    wear(theme);
  });

  // Copying, with the old way where the clipboard is closed to pages opened from disk.
  const byCommand = (text) => {
    const area = document.createElement("textarea");
    area.value = text;
    area.setAttribute("readonly", "");
    area.className = "sr";
    area.setAttribute("aria-label", "text to copy");
    document.body.append(area);
    area.select();
    let done = false;
    try { done = document.execCommand("copy"); } catch { done = false; }
    area.remove();
    return done;
  };
  const copy = async (button, text) => {
    let done = false;
    try { await navigator.clipboard.writeText(text); done = true; } catch { done = byCommand(text); }
    button.focus();
    const before = button.dataset.before || (button.dataset.before = button.innerHTML);
    button.textContent = done ? "Copied" : "Not copied";
    say(done ? "copied" : "copying is not allowed here; select the text instead");
    setTimeout(() => { button.innerHTML = before; }, 1500);
  };
  for (const button of document.querySelectorAll("[data-copy]")) {
    button.addEventListener("click", () => copy(button, button.parentElement.querySelector("pre").textContent));
  }
  if ($("ask")) $("ask").addEventListener("click", () => {
    const words = (element) => element.innerText.replace(/\s+/g, " ").trim();
    const lines = [...document.querySelectorAll("[data-ask]")].map((row) => {
      const [id, seen, question] = [...row.cells].map(words);
      return `${id}: ${seen} ${question}`;
    });
    copy($("ask"), lines.join("\n\n"));
  });

  // The filter. A row is shown when one of its operations fits everything that was chosen.
  const form = document.querySelector("form.filter");
  const fields = ["q", "level", "verdict", "api", "operation"];
  const rows = form ? [...document.querySelectorAll("#requirements .rows tbody tr")].map((row) => ({
    row,
    text: row.textContent.toLowerCase(),
    marks: row.dataset.marks.split(" ").map((mark) => mark.split("=")),
  })) : [];
  const chosen = () => Object.fromEntries(fields.map((name) => [name, form.elements[name].value.trim()]));
  const filter = () => {
    const want = chosen();
    const words = want.q.toLowerCase().split(/\s+/).filter(Boolean);
    const verdict = want.verdict.replaceAll(" ", "-");
    let shown = 0;
    for (const { row, text, marks } of rows) {
      const fits = (!want.level || row.dataset.level === want.level) && (!want.api || row.dataset.api === want.api) &&
        marks.some(([operation, is]) => (!want.operation || operation === want.operation) && (!verdict || is === verdict)) &&
        words.every((word) => text.includes(word));
      row.hidden = !fits;
      if (fits) shown++;
    }
    $("count").textContent = shown === rows.length ? `${shown} requirements` : `${shown} of ${rows.length} requirements`;
  };
  const query = () => {
    const want = chosen();
    return new URLSearchParams(fields.filter((name) => want[name]).map((name) => [name, want[name]])).toString();
  };
  const remember = () => { try { history.replaceState(null, "", "#" + (query() || "requirements")); } catch { /* the link is only not kept */ } };
  const fill = (params) => {
    for (const name of fields) {
      const field = form.elements[name];
      field.value = params.get(name) || "";
      if (field.value !== (params.get(name) || "") && field.tagName === "SELECT") field.value = "";
    }
    filter();
  };
  if (form) {
    form.addEventListener("input", () => { filter(); remember(); });
    form.addEventListener("submit", (event) => event.preventDefault());
    form.addEventListener("reset", () => setTimeout(() => { filter(); remember(); }));
    $("share").addEventListener("click", () => copy($("share"), location.href.split("#")[0] + "#" + (query() || "requirements")));
  }

  // Links. #level=MUST&verdict=fail chooses; #GOTO-SCAN-KEY-07 opens a row and marks it, whatever the filter hides.
  const go = () => {
    for (const marked of document.querySelectorAll(".marked")) marked.classList.remove("marked");
    const hash = location.hash.slice(1);
    if (form && hash.includes("=")) {
      fill(new URLSearchParams(hash));
      $("requirements").scrollIntoView();
      return;
    }
    let id = hash;
    try { id = decodeURIComponent(hash); } catch { /* as it stands, then */ }
    const place = id && $(id);
    if (!place) return;
    if (place.matches("#requirements .rows tr")) {
      if (place.hidden) fill(new URLSearchParams());
      place.querySelector("details").open = true;
      place.classList.add("marked");
    }
    for (let above = place.closest("details"); above; above = above.parentElement.closest("details")) above.open = true;
    place.scrollIntoView({ block: place.matches("section, main") ? "start" : "center" });
    if (place.tabIndex === -1 && place.hasAttribute("tabindex")) place.focus({ preventScroll: true });
  };
  if (form && location.search.length > 1) fill(new URLSearchParams(location.search));
  addEventListener("hashchange", go);
  go();

  // Paper shows what is folded away in the findings and around them, and folds it again.
  const opened = [];
  addEventListener("beforeprint", () => {
    for (const details of document.querySelectorAll(".cause details:not([open]), #changes details:not([open]), #not-judged details:not([open])")) { details.open = true; opened.push(details); }
  });
  addEventListener("afterprint", () => { while (opened.length) opened.pop().open = false; });
})();
