#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "reconcile/report/numbers.h"
#include "reconcile/report/quantities.h"

namespace reconcile::report {
namespace {

std::string titled(const Quantity& quantity) {
  return quantity.name + (quantity.unit.empty() ? "" : " " + quantity.unit) + (quantity.higher_is_better ? " ↑" : " ↓");
}

std::vector<std::string> difference_cells(const Contender& contender, const Contender& base, const Quantity& quantity) {
  const Difference d = paired_difference(contender, base, quantity);
  const std::string interval =
      d.n < 2 ? "-"
              : fmt::format("{} to {}", signed_fixed(d.low, quantity.digits), signed_fixed(d.high, quantity.digits));
  return {contender.label, titled(quantity),    d.n == 0 ? "-" : signed_fixed(d.mean, quantity.digits),
          interval,        std::to_string(d.n), words_of(judge(d, quantity.higher_is_better))};
}

bool was_measured(const Study& study, const Quantity& quantity, Protocol protocol) {
  return std::any_of(study.contenders.begin(), study.contenders.end(),
                     [&](const Contender& contender) { return statistic(contender, quantity, protocol).n > 0; });
}

Table protocol_table(const Study& study, const Quantity& quantity) {
  Table table{.columns = {"method"}, .rows = {}};
  std::vector<Protocol> shown;
  for (const Protocol protocol : kProtocols) {
    if (!was_measured(study, quantity, protocol)) continue;
    shown.push_back(protocol);
    table.columns.push_back(protocol_title(protocol, study));
  }
  for (const auto& contender : study.contenders) {
    if (statistic(contender, quantity).n == 0) continue;
    auto& row = table.rows.emplace_back(1, contender.label);
    for (const Protocol protocol : shown)
      row.push_back(text_of(statistic(contender, quantity, protocol), 1, quantity.digits));
  }
  return table;
}

}  // namespace

Table difference_table(const Study& study, const std::vector<Quantity>& quantities) {
  Table table{.columns = {"method", "what", "difference", "95 % interval", "seeds", "verdict"}, .rows = {}};
  for (const auto& contender : study.contenders) {
    const Contender& base = study.contenders[study.base];
    if (&contender == &base || is_single(contender)) continue;
    for (const auto& quantity : quantities) table.rows.push_back(difference_cells(contender, base, quantity));
  }
  return table;
}

std::vector<ProtocolTable> protocol_tables(const Study& study) {
  std::vector<ProtocolTable> tables;
  for (const auto& quantity : quantities(study)) tables.push_back({titled(quantity), protocol_table(study, quantity)});
  return tables;
}

std::string protocol_sentence(const Study& study) {
  std::vector<std::string> answers, labels;
  for (const Protocol protocol : kProtocols) {
    const Contender* best = best_contender(study, protocol);
    if (!best) continue;
    labels.push_back(best->label);
    answers.push_back(fmt::format("{} by {}", best->label, protocol_title(protocol, study)));
  }
  if (labels.empty()) return "Nothing was measured that contenders can be ranked by.";
  const std::string name = main_quantity(study).name;
  if (labels.size() == 1) return fmt::format("By {}, {} comes first. Only one protocol was measured.", name, labels[0]);
  if (std::count(labels.begin(), labels.end(), labels[0]) == std::ssize(labels))
    return fmt::format("By {}, {} comes first under each of the {} protocols.", name, labels[0], labels.size());
  return fmt::format("Which method comes first by {} depends on the protocol: {}.", name, fmt::join(answers, "; "));
}

}  // namespace reconcile::report
