"use strict";
(function () {
  var texts = JSON.parse(document.getElementById("texts").textContent);
  var form = document.getElementById("search");
  var query = document.getElementById("query");
  var found = document.getElementById("found");
  var nothing = document.getElementById("nothing");
  var cards = Array.from(document.querySelectorAll("[data-slug]"));
  var groups = Array.from(document.querySelectorAll(".group"));

  function folded(text) {
    return text.toLowerCase().normalize("NFKD").replace(/\p{M}/gu, "");
  }

  function search() {
    var words = folded(query.value).split(/\s+/).filter(Boolean);
    var count = 0;
    cards.forEach(function (card) {
      var text = texts[card.dataset.slug];
      card.hidden = words.some(function (word) { return text.indexOf(word) === -1; });
      count += card.hidden ? 0 : 1;
    });
    groups.forEach(function (group) {
      group.hidden = group.querySelector("[data-slug]:not([hidden])") === null;
    });
    nothing.hidden = count > 0 || words.length === 0;
    found.textContent = words.length ? count + " of " + cards.length + " notebooks" : "";
  }

  form.addEventListener("submit", function (event) { event.preventDefault(); });
  query.addEventListener("input", search);
  form.hidden = cards.length === 0;
  search();
})();
