// Search over all tables and folded parts. The page reads without it: the field is hidden until this runs.
(function () {
  "use strict";
  var words = document.getElementById("words");
  var hits = document.getElementById("hits");
  var rows = Array.from(document.querySelectorAll("tbody tr"));
  var folds = Array.from(document.querySelectorAll("details"));
  var texts = rows.map(function (row) { return row.textContent.toLowerCase(); });
  var opened = folds.map(function (fold) { return fold.open; });
  // The title alone: the note beside it counts.
  var heads = folds.map(function (fold) { return fold.querySelector("summary").firstChild.textContent.toLowerCase(); });
  var isBlock = folds.map(function (fold) { return fold.classList.contains("block"); });
  var isSearching = false;

  function search() {
    var wanted = words.value.trim().toLowerCase();
    if (wanted && !isSearching) {
      opened = folds.map(function (fold) { return fold.open; });
    }
    rows.forEach(function (row, number) {
      row.hidden = Boolean(wanted) && !texts[number].includes(wanted);
    });
    folds.forEach(function (fold, number) {
      if (!wanted) {
        fold.hidden = false;
        fold.open = opened[number];
        return;
      }
      // A space is shown whole by its name; of a range of names the rows that have the words, if any has.
      var hit = fold.querySelector("tbody tr:not([hidden])") !== null;
      if (heads[number].includes(wanted) && (isBlock[number] || !hit)) {
        fold.querySelectorAll("tbody tr").forEach(function (row) { row.hidden = false; });
        hit = true;
      }
      fold.hidden = !hit;
      fold.open = hit;
    });
    isSearching = Boolean(wanted);
    var found = rows.filter(function (row) { return !row.hidden; }).length;
    hits.textContent = wanted ? found + (found === 1 ? " row" : " rows") : "";
  }

  // A link leads into a folded part: newer browsers open what is around its target, none the target itself.
  function reveal() {
    var target = location.hash ? document.getElementById(location.hash.slice(1)) : null;
    if (target && target.closest("[hidden]")) {
      words.value = "";
      search();
    }
    for (var fold = target; fold; fold = fold.parentElement) {
      if (fold.tagName === "DETAILS") {
        fold.open = true;
      }
    }
    if (target) {
      target.scrollIntoView();
    }
  }

  document.getElementById("search").hidden = false;
  words.addEventListener("input", search);
  window.addEventListener("hashchange", reveal);
  window.addEventListener("beforeprint", function () {
    folds.forEach(function (fold) { fold.open = true; });
  });
  reveal();
})();
