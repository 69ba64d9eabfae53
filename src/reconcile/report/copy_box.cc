#include "reconcile/report/copy_box.h"

#include <fmt/format.h>

#include "reconcile/report/page.h"
#include "reconcile/report/svg.h"

namespace reconcile::report {

namespace {

// The text is that of the <pre> in the same <details>; pages from disk have no clipboard API in every browser, so the
// older way is kept behind it.
constexpr const char* kCopyScript = R"(
for (const button of document.querySelectorAll("button.copy")) {
  button.hidden = false;
  button.addEventListener("click", async () => {
    const text = button.closest("details").querySelector("pre");
    const told = button.textContent;
    try { await navigator.clipboard.writeText(text.textContent); }
    catch { button.closest("details").open = true; getSelection().selectAllChildren(text); document.execCommand("copy"); }
    button.textContent = "copied";
    setTimeout(() => { button.textContent = told; }, 1500);
  });
}
)";

}  // namespace

std::string copy_box(const std::vector<CopyText>& texts) {
  std::string body;
  for (const auto& [name, text] : texts) {
    body += fmt::format(
        "<details class=\"copy\"><summary>{0} <button class=\"copy\" type=\"button\" hidden>copy</button></summary>{1}"
        "</details>\n",
        escape(name), block(text));
  }
  return fmt::format("<div class=\"copies\">\n{}</div>\n<script>{}</script>\n", body, kCopyScript);
}

}  // namespace reconcile::report
