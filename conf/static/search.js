// Opened from disk, a page may not read another: then results come without excerpts, and nobody asks in vain.
if (location.protocol === "file:") DOCUMENTATION_OPTIONS.SHOW_SEARCH_SUMMARY = false;

// The page shows what was looked for, and takes more.
document.addEventListener("DOMContentLoaded", () => {
  document.querySelector(".search-here input").value =
    new URLSearchParams(location.search).get("q") ?? "";
});
