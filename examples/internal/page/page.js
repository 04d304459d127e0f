"use strict";
(function () {
  // Sorting: a button in the head of each column.
  document.querySelectorAll("table[data-sort]").forEach(function (table) {
    var body = table.tBodies[0];
    var said = document.getElementById("said");
    table.querySelectorAll("thead th[data-k]").forEach(function (th) {
      var button = document.createElement("button");
      button.type = "button";
      button.textContent = th.textContent;
      th.textContent = "";
      th.appendChild(button);
      button.addEventListener("click", function () {
        var index = th.cellIndex, numeric = th.dataset.k === "n";
        var down = th.getAttribute("aria-sort") ? th.getAttribute("aria-sort") === "ascending" : numeric;
        var key = function (row) {
          var v = row.cells[index].dataset.v;
          return numeric ? Number(v) : v;
        };
        var rows = Array.from(body.rows).sort(function (a, b) {
          var x = key(a), y = key(b);
          return (x < y ? -1 : x > y ? 1 : 0) * (down ? -1 : 1);
        });
        rows.forEach(function (row) { body.appendChild(row); });
        table.querySelectorAll("thead th").forEach(function (other) { other.removeAttribute("aria-sort"); });
        th.setAttribute("aria-sort", down ? "descending" : "ascending");
        said.textContent = "sorted by " + button.textContent + (down ? ", descending" : ", ascending");
      });
    });
  });
  // Filtering: rows that hold all the words.
  document.querySelectorAll(".find").forEach(function (form) {
    var input = form.querySelector("input"), out = form.querySelector("output");
    var rows = Array.from(document.getElementById(input.dataset.table).tBodies[0].rows);
    form.hidden = false;
    input.addEventListener("input", function () {
      var words = input.value.toLowerCase().split(/\s+/).filter(Boolean), shown = 0;
      rows.forEach(function (row) {
        var text = row.textContent.toLowerCase();
        row.hidden = !words.every(function (w) { return text.includes(w); });
        if (!row.hidden) shown++;
      });
      out.textContent = words.length ? shown + " of " + rows.length : "";
    });
  });
  // Copying a query.
  document.querySelectorAll(".copy").forEach(function (button) {
    button.hidden = false;
    button.addEventListener("click", function () {
      var pre = button.parentNode.querySelector("pre");
      var done = function () { button.textContent = "Copied"; };
      var select = function () {
        var range = document.createRange();
        range.selectNodeContents(pre);
        var selection = getSelection();
        selection.removeAllRanges();
        selection.addRange(range);
        if (document.execCommand("copy")) done();
      };
      if (navigator.clipboard) navigator.clipboard.writeText(pre.textContent).then(done, select);
      else select();
    });
  });
})();
