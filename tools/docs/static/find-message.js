// Copyright (c) 2026, the bonded.internet contributors
// GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
// SPDX-License-Identifier: GPL-3.0-or-later
// Finds the messages that a pasted text contains. MESSAGES is a list of [text, page with anchor]; a part in <...> is filled in by a run.
"use strict";

(function () {
  const MOST = 8;
  const PART = /<[^<>]*>/;

  const messages = MESSAGES.map(([text, link]) => {
    const parts = text.split(PART).map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
    return { text, link, weight: parts.join("").length, expression: new RegExp(parts.join(".*?"), "i") };
  }).filter((message) => message.weight > 8);

  // Ansible quotes messages as JSON, and terminals wrap them.
  const plain = (text) => text.replace(/\\"/g, '"').replace(/\\n/g, " ").replace(/\s+/g, " ").trim();

  function found(pasted) {
    const hits = messages.filter((message) => message.expression.test(pasted));
    if (hits.length === 0) {
      const words = pasted.toLowerCase().split(/[^a-z_]+/).filter((word) => word.length > 3);
      for (const message of messages) {
        const text = message.text.toLowerCase();
        const score = words.filter((word) => text.includes(word)).length;
        if (words.length > 0 && score / words.length > 0.6) {
          hits.push({ ...message, weight: score });
        }
      }
    }
    return hits.sort((one, other) => other.weight - one.weight).slice(0, MOST);
  }

  const field = document.getElementById("find-message");
  const list = document.getElementById("found-messages");

  function show() {
    const pasted = plain(field.value);
    const items = (pasted.length < 4 ? [] : found(pasted)).map((message) => {
      const item = document.createElement("li");
      const link = document.createElement("a");
      const code = document.createElement("code");
      code.textContent = message.text;
      link.href = message.link;
      link.append(code);
      item.append(link);
      return item;
    });
    if (pasted.length >= 4 && items.length === 0) {
      const item = document.createElement("li");
      item.textContent = "No message of the collection has these words. Ansible, amazon.aws or a program of the host may have printed it.";
      items.push(item);
    }
    list.replaceChildren(...items);
  }

  field.addEventListener("input", show);
})();
