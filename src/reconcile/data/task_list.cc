#include "reconcile/data/task_list.h"

#include <charconv>

#include "reconcile/base/error.h"
#include "reconcile/base/text.h"

namespace reconcile {
namespace {

constexpr const char* kNameLetters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-";

/// The number in `(7)`, or 0 for no brackets; nothing if it is no whole number above 0.
std::optional<int64_t> outputs_in(std::string_view brackets) {
  if (brackets.empty()) return 0;
  const std::string_view digits = trim(brackets.substr(1, brackets.size() - 2));
  int64_t value = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  const bool whole = error == std::errc() && end == digits.data() + digits.size() && value > 0;
  return whole && brackets.back() == ')' ? std::optional(value) : std::nullopt;
}

int64_t check_outputs(TaskKind kind, int64_t outputs, const std::string& where) {
  const int64_t fixed = fixed_outputs(kind);
  const std::string name = kind_name(kind);
  if (fixed > 0 && outputs != 0 && outputs != fixed) {
    fail<InvalidArgument>("{}: {} has always {} output{}. Write {}.", where, name, fixed, fixed == 1 ? "" : "s", name);
  }
  const int64_t least = is_class(kind) ? 2 : 1;
  if (fixed == 0 && outputs < least) {
    fail<InvalidArgument>("{}: {} needs a number of outputs, at least {}. Write {}({}), say.", where, name, least, name,
                          least);
  }
  return fixed > 0 ? fixed : outputs;
}

Task parse_task(const std::string& text, const std::string& where) {
  const std::string place = fmt::format("{}: \"{}\"", where, text);
  const auto colon = text.find(':');
  const std::string name(trim(text.substr(0, colon)));
  const std::string_view rest = colon == std::string::npos ? "" : trim(std::string_view(text).substr(colon + 1));
  const auto open = std::min(rest.find('('), rest.size());
  const auto outputs = outputs_in(rest.substr(open));
  if (name.empty() || rest.empty() || !outputs) {
    fail<InvalidArgument>("{} is not a task. Write name: kind(outputs), as in \"semantic: segmentation(7)\".", place);
  }
  check_task_name(name, place);
  const TaskKind kind = parse_kind(std::string(trim(rest.substr(0, open))), place);
  return {name, kind, check_outputs(kind, *outputs, place)};
}

}  // namespace

void check_task_name(const std::string& name, const std::string& where) {
  if (!name.empty() && name.find_first_not_of(kNameLetters) == std::string::npos) return;
  fail<InvalidArgument>("{}: the name names files too. Use letters, digits, _ and - only.", where);
}

TaskSet parse_tasks(const std::vector<std::string>& texts, const std::string& where) {
  if (texts.empty()) fail<InvalidArgument>("{} = [], give at least one, as in \"depth: depth\".", where);
  TaskSet tasks;
  for (const auto& text : texts) {
    Task task = parse_task(text, where);
    const auto same = [&](const Task& other) { return other.name == task.name; };
    if (std::any_of(tasks.begin(), tasks.end(), same)) {
      fail<InvalidArgument>("{}: two tasks are called \"{}\". Give each its own name.", where, task.name);
    }
    tasks.push_back(std::move(task));
  }
  return tasks;
}

}  // namespace reconcile
